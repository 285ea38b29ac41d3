import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";
import {formatChange, formatShort} from "./waterfall_format";
import {_t} from "@web/core/l10n/translation";
import {getCurrency} from "@web/core/currency";
import {loadBundle} from "@web/core/assets";

/* global Chart */

/** Below this width, in pixels, the bars lie. */
const NARROW = 640;
/** Room for one bar that lies, in pixels. */
const ROW_HEIGHT = 36;
const LABEL_GAP = 4;
/** Characters of a name in one line under a bar. */
const LINE_LENGTH = 11;

/** A name in lines short enough to stand under a bar. */
function wrap(name) {
    const lines = [];
    for (const word of name.split(" ")) {
        const longer = `${lines.at(-1)} ${word}`;
        if (lines.length && longer.length <= LINE_LENGTH) {
            lines[lines.length - 1] = longer;
        } else {
            lines.push(word);
        }
    }
    return lines;
}

/** Write the label of each bar past its end. */
const barLabels = {
    id: "o_bf_bar_labels",
    afterDatasetsDraw(chart, _args, options) {
        const {ctx} = chart;
        ctx.save();
        ctx.fillStyle = options.color;
        ctx.font = Chart.helpers.toFont(Chart.defaults.font).string;
        chart.getDatasetMeta(0).data.forEach((bar, index) => {
            const text = options.texts[index];
            if (options.lying) {
                ctx.textAlign = "left";
                ctx.textBaseline = "middle";
                ctx.fillText(text, Math.max(bar.x, bar.base) + LABEL_GAP, bar.y);
            } else {
                ctx.textAlign = "center";
                ctx.textBaseline = "bottom";
                ctx.fillText(text, bar.x, Math.min(bar.y, bar.base) - LABEL_GAP);
            }
        });
        ctx.restore();
    },
};

/**
 * Floating bars from the standard cost before to the one after. `bars` is a list of
 * `{name, start, end, change}`; a bar without `change` is a standard cost.
 */
export class WaterfallChart extends Component {
    static template = "mrp_account_backflush.WaterfallChart";
    static props = {
        bars: Array,
        currencyId: [Number, Boolean],
        description: String,
        onSelect: Function,
    };

    setup() {
        this.root = useRef("root");
        this.canvas = useRef("canvas");
        this.state = useState({isNarrow: false});
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (root) => {
                const observer = new ResizeObserver(() => {
                    this.state.isNarrow = root.clientWidth < NARROW;
                });
                observer.observe(root);
                return () => observer.disconnect();
            },
            () => [this.root.el]
        );
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.getConfig());
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.bars), this.state.isNarrow]
        );
    }

    get height() {
        const rows = this.props.bars.length + 2;
        return this.state.isNarrow ? rows * ROW_HEIGHT : 320;
    }

    get currencyName() {
        return getCurrency(this.props.currencyId)?.name || "";
    }

    /** Where the axis starts: at zero, unless the change would be too small to see. */
    get axisStart() {
        const levels = this.props.bars.flatMap((bar) =>
            bar.change === undefined ? [bar.end] : [bar.start, bar.end]
        );
        const [low, high] = [Math.min(...levels), Math.max(...levels)];
        const range = high - low;
        if (low <= 0 || !range || range > high / 4) {
            return 0;
        }
        const digits = Math.floor(Math.log10(range));
        return Math.floor((low - range / 2) / 10 ** digits) * 10 ** digits;
    }

    get axisNote() {
        return _t("The axis starts at %(amount)s.", {
            amount: formatShort(this.axisStart, this.props.currencyId),
        });
    }

    /** Colours are those of the theme, read from the legend. */
    getColors() {
        const style = (name) =>
            getComputedStyle(this.root.el.querySelector(`.o_bf_swatch_${name}`));
        return {
            standard: style("standard").backgroundColor,
            rise: style("rise").backgroundColor,
            fall: style("fall").backgroundColor,
            text: getComputedStyle(this.root.el).color,
            grid: getComputedStyle(this.root.el.querySelector("ul")).borderTopColor,
        };
    }

    getText(bar) {
        const {currencyId} = this.props;
        return bar.change === undefined
            ? formatShort(bar.end, currencyId)
            : formatShort(bar.change, currencyId, formatChange);
    }

    getDataset(colors) {
        return {
            data: this.props.bars.map((bar) => [
                bar.change === undefined ? this.axisStart : bar.start,
                bar.end,
            ]),
            backgroundColor: this.props.bars.map((bar) => {
                if (bar.change === undefined) {
                    return colors.standard;
                }
                return bar.change > 0 ? colors.rise : colors.fall;
            }),
            borderSkipped: false,
            borderRadius: 2,
            minBarLength: 2,
            maxBarThickness: 72,
        };
    }

    getScales(colors) {
        const names = {
            ticks: {color: colors.text, autoSkip: false},
            grid: {display: false},
        };
        const amounts = {
            min: this.axisStart || undefined,
            grace: "12%",
            grid: {color: colors.grid},
            title: {display: true, text: this.currencyName, color: colors.text},
            ticks: {
                color: colors.text,
                maxTicksLimit: this.state.isNarrow ? 4 : 8,
                callback: (value) => formatShort(value, this.props.currencyId),
            },
        };
        return this.state.isNarrow ? {x: amounts, y: names} : {x: names, y: amounts};
    }

    getConfig() {
        const colors = this.getColors();
        const lying = this.state.isNarrow;
        return {
            type: "bar",
            data: {
                labels: this.props.bars.map((bar) =>
                    lying ? bar.name : wrap(bar.name)
                ),
                datasets: [this.getDataset(colors)],
            },
            plugins: [barLabels],
            options: {
                animation: false,
                indexAxis: lying ? "y" : "x",
                layout: {padding: lying ? {right: 56} : {top: 20}},
                maintainAspectRatio: false,
                onClick: (_event, elements) => {
                    if (elements.length) {
                        this.props.onSelect(elements[0].index);
                    }
                },
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                plugins: {
                    legend: {display: false},
                    tooltip: {enabled: false},
                    [barLabels.id]: {
                        texts: this.props.bars.map((bar) => this.getText(bar)),
                        color: colors.text,
                        lying,
                    },
                },
                scales: this.getScales(colors),
            },
        };
    }
}
