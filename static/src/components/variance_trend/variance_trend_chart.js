import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {formatChange, formatCost, formatShort} from "../waterfall/waterfall_format";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {getColor} from "@web/core/colors/colors";
import {getCurrency} from "@web/core/currency";
import {loadBundle} from "@web/core/assets";

/* global Chart */

const LABEL_GAP = 4;

/** Draw a dashed line where a new standard took effect, with its version. */
const standardChanges = {
    id: "o_bf_standard_changes",
    afterDatasetsDraw(chart, _args, {changes, color}) {
        const {ctx, chartArea, scales} = chart;
        const width = chartArea.width / scales.x.ticks.length;
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = color;
        ctx.font = Chart.helpers.toFont(Chart.defaults.font).string;
        ctx.setLineDash([5, 4]);
        // Of several cards on one day the last one counts.
        const last = new Map(changes.map((change) => [change.position, change]));
        for (const {position, version} of last.values()) {
            const x = chartArea.left + position * width;
            ctx.beginPath();
            ctx.moveTo(x, chartArea.top);
            ctx.lineTo(x, chartArea.bottom);
            ctx.stroke();
            const isLast = x > chartArea.right - width;
            ctx.textAlign = isLast ? "right" : "left";
            ctx.textBaseline = "bottom";
            ctx.fillText(`v${version}`, x, chartArea.top - LABEL_GAP);
        }
        ctx.restore();
    },
};

/**
 * Stacked bars of variances by month and kind, and a stepped line of the standard cost.
 * `trend` is what `get_variance_trend` returns.
 */
export class VarianceTrendChart extends Component {
    static template = "mrp_account_backflush.VarianceTrendChart";
    static props = {trend: Object, description: String, onSelect: Function};

    setup() {
        this.root = useRef("root");
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.getConfig());
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.trend)]
        );
    }

    get scheme() {
        return cookie.get("color_scheme");
    }

    get currencyName() {
        return getCurrency(this.props.trend.currency_id)?.name || "";
    }

    getColors() {
        const style = (name) =>
            getComputedStyle(this.root.el.querySelector(`.o_bf_trend_${name}`));
        return {
            text: getComputedStyle(this.root.el).color,
            grid: style("grid").borderTopColor,
            standard: style("standard").color,
        };
    }

    /** The standard cost, with a step on each day on which a new one took effect. */
    getSteps() {
        const {opening, months, changes} = this.props.trend;
        const steps = changes.map(({position, cost}) => ({x: position, y: cost}));
        if (opening !== null) {
            steps.unshift({x: 0, y: opening});
        }
        const last = steps.at(-1);
        return last ? [...steps, {x: months.length, y: last.y}] : [];
    }

    getDatasets(colors) {
        const {kinds} = this.props.trend;
        const bars = kinds.map((kind, index) => ({
            type: "bar",
            label: kind.label,
            data: kind.amounts,
            pointStyle: "rect",
            backgroundColor: getColor(index, this.scheme, kinds.length),
            stack: "variances",
            yAxisID: "y",
            order: 1,
            maxBarThickness: 56,
        }));
        const standard = {
            type: "line",
            label: _t("Standard Cost"),
            data: this.getSteps(),
            borderColor: colors.standard,
            backgroundColor: colors.standard,
            borderWidth: 2,
            pointStyle: "circle",
            pointRadius: 3,
            stepped: true,
            xAxisID: "position",
            yAxisID: "cost",
            order: 0,
        };
        return [...bars, standard];
    }

    getScales(colors) {
        const {trend} = this.props;
        const getAmounts = (text) => ({
            title: {display: true, text, color: colors.text},
            ticks: {
                color: colors.text,
                maxTicksLimit: 8,
                callback: (value) => formatShort(value, trend.currency_id),
            },
        });
        return {
            x: {
                stacked: true,
                ticks: {color: colors.text, autoSkip: true, maxRotation: 60},
                grid: {display: false},
            },
            position: {
                type: "linear",
                display: false,
                min: 0,
                max: trend.months.length,
            },
            y: {
                ...getAmounts(_t("Variance (%s)", this.currencyName)),
                stacked: true,
                grid: {color: colors.grid},
            },
            cost: {
                ...getAmounts(
                    _t("Standard cost (%(currency)s for 1 %(unit)s)", {
                        currency: this.currencyName,
                        unit: trend.unit,
                    })
                ),
                position: "right",
                beginAtZero: true,
                grace: "10%",
                grid: {display: false},
            },
        };
    }

    /** The month, or for the standard cost the day on which it took effect. */
    getTitle([item]) {
        const {kinds, months, changes} = this.props.trend;
        if (!item || kinds[item.datasetIndex]) {
            return item ? months[item.dataIndex].label : "";
        }
        const change = changes.filter(({position}) => position <= item.raw.x).at(-1);
        return change ? `${change.name} · ${change.date}` : "";
    }

    getLabel({datasetIndex, raw}) {
        const {kinds, currency_id: currencyId} = this.props.trend;
        const kind = kinds[datasetIndex];
        return kind
            ? `${kind.label}: ${formatChange(raw, currencyId)}`
            : `${_t("Standard Cost")}: ${formatCost(raw.y, currencyId)}`;
    }

    onClick(elements) {
        if (!elements.length) {
            return undefined;
        }
        const {kinds, months, changes} = this.props.trend;
        const {datasetIndex, element, index} = elements[0];
        const kind = kinds[datasetIndex];
        if (kind) {
            return this.props.onSelect({month: months[index], kind});
        }
        const {x} = element.$context.raw;
        const change = changes.filter(({position}) => position <= x).at(-1);
        if (change) {
            this.props.onSelect({change});
        }
    }

    getConfig() {
        const {changes, months} = this.props.trend;
        const colors = this.getColors();
        return {
            data: {
                labels: months.map((month) => month.label),
                datasets: this.getDatasets(colors),
            },
            plugins: [standardChanges],
            options: {
                animation: false,
                layout: {padding: {top: 20}},
                maintainAspectRatio: false,
                onClick: (_event, elements) => this.onClick(elements),
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {color: colors.text, usePointStyle: true},
                    },
                    tooltip: {
                        filter: ({raw}) => Boolean(raw),
                        callbacks: {
                            title: (items) => this.getTitle(items),
                            label: (item) => this.getLabel(item),
                        },
                    },
                    [standardChanges.id]: {changes, color: colors.standard},
                },
                scales: this.getScales(colors),
            },
        };
    }
}
