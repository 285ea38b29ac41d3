import {Component, onWillStart, useState} from "@odoo/owl";
import {formatChange, formatCost} from "../waterfall/waterfall_format";
import {Layout} from "@web/search/layout";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {VarianceTrendChart} from "./variance_trend_chart";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const MONTHS = [6, 12, 24, 36];

/**
 * The variances of one product, month by month, by kind, with its standard cost and the
 * days on which a new one took effect. A chart and a table of the same figures; each
 * leads to the lines that it adds up.
 */
export class VarianceTrend extends Component {
    static template = "mrp_account_backflush.VarianceTrend";
    static components = {Layout, RecordSelector, VarianceTrendChart};
    static props = {...standardActionServiceProps};
    static path = "backflush-variance-trend";
    static displayName = _t("Variance Trend");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.spans = MONTHS;
        this.state = useState({
            productId: this.props.action.context?.active_id || false,
            months: 12,
            trend: null,
        });
        onWillStart(() => this.load());
    }

    async load() {
        const {productId, months} = this.state;
        this.state.trend = productId
            ? await this.orm.call("backflush.entry.line", "get_variance_trend", [
                  productId,
                  months,
              ])
            : null;
    }

    get trend() {
        return this.state.trend;
    }

    get hasFigures() {
        return this.trend.kinds.length || this.trend.changes.length;
    }

    get nothing() {
        return _t(
            "No variance of %s was posted in these months, and its standard cost did not change.",
            this.trend.product.name
        );
    }

    get totals() {
        return this.trend.months.map((_month, index) =>
            this.trend.kinds.reduce((sum, kind) => sum + kind.amounts[index], 0)
        );
    }

    get total() {
        return this.trend.kinds.reduce((sum, kind) => sum + kind.total, 0);
    }

    get productDomain() {
        return [["is_storable", "=", true]];
    }

    get description() {
        const {product, kinds, changes} = this.trend;
        const parts = kinds.map(
            (kind) => `${kind.label} ${this.formatChange(kind.total)}`
        );
        return _t(
            "Variances of %(product)s: %(total)s in all (%(kinds)s). Standard changes: %(changes)s",
            {
                product: product.name,
                total: this.formatChange(this.total),
                kinds: parts.join(", "),
                changes:
                    changes
                        .map(
                            (change) => `${change.date} ${this.formatCost(change.cost)}`
                        )
                        .join(", ") || _t("none"),
            }
        );
    }

    formatCost(amount) {
        return formatCost(amount, this.trend.currency_id, {noSymbol: true});
    }

    formatChange(amount) {
        return amount
            ? formatChange(amount, this.trend.currency_id, {noSymbol: true})
            : "";
    }

    getSpan(months) {
        return _t("%s months", months);
    }

    getChanges(index) {
        return this.trend.changes.filter((change) => change.month === index);
    }

    getTone(amount) {
        if (!amount) {
            return "text-muted";
        }
        return amount > 0 ? "text-danger" : "text-success";
    }

    async onProduct(productId) {
        this.state.productId = productId;
        this.props.updateActionState?.({active_id: productId});
        await this.load();
    }

    async onMonths(months) {
        this.state.months = months;
        await this.load();
    }

    /** Open the lines of a month and a kind; of all of either where it is not given. */
    onOpenLines({month, kind} = {}) {
        const {action, product} = this.trend;
        const domain = [...action.domain];
        const names = [product.name];
        if (month) {
            domain.push(
                ["accounting_date", ">=", month.date_from],
                ["accounting_date", "<=", month.date_to]
            );
            names.push(month.label);
        }
        if (kind) {
            domain.push(["variance_kind", "=", kind.kind]);
            names.push(kind.label);
        }
        const name = names.join(" · ");
        return this.action.doAction({...action, domain, name, display_name: name});
    }

    onOpenCard(change) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "backflush.cost.card",
            res_id: change.id,
            views: [[false, "form"]],
        });
    }

    onSelect({month, kind, change}) {
        return change ? this.onOpenCard(change) : this.onOpenLines({month, kind});
    }
}

registry.category("actions").add("backflush_variance_trend", VarianceTrend);
