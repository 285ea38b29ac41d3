import {Component, useState} from "@odoo/owl";
import {formatChange, formatCost, formatMeasure} from "./waterfall_format";
import {WaterfallChart} from "./waterfall_chart";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * Why a standard cost moved: a chart from the card before to this one, and a table of
 * its causes that unfolds to the steps, each of which opens what moved.
 * Reads the Json field `why_moved` of `backflush.cost.card`.
 */
export class WaterfallField extends Component {
    static template = "mrp_account_backflush.WaterfallField";
    static components = {WaterfallChart};
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.state = useState({unfolded: {}});
    }

    get why() {
        return this.props.record.data[this.props.name];
    }

    get bars() {
        const {before, after, causes} = this.why;
        const bars = [{name: before.label, start: 0, end: before.amount}];
        let level = before.amount;
        for (const cause of causes) {
            const start = level;
            level = start + cause.amount;
            bars.push({name: cause.name, start, end: level, change: cause.amount});
        }
        return [...bars, {name: after.label, start: 0, end: after.amount}];
    }

    get description() {
        const {before, after, change, causes} = this.why;
        const parts = causes.map(
            (cause) => `${cause.name} ${this.formatChange(cause.amount)}`
        );
        return _t(
            "Standard cost from %(before)s to %(after)s, a change of %(change)s: %(causes)s",
            {
                before: this.formatCost(before.amount),
                after: this.formatCost(after.amount),
                change: this.formatChange(change),
                causes: parts.join(", "),
            }
        );
    }

    formatCost(amount) {
        return formatCost(amount, this.why.currency_id);
    }

    formatChange(amount) {
        return formatChange(amount, this.why.currency_id);
    }

    /** The arithmetic of a step, as in `0.50 → 0.60 × 5 Units`. */
    formatStep(step) {
        const write = (value, type) =>
            formatMeasure(value, type, this.why.currency_id, step.unit);
        return _t("%(before)s → %(after)s × %(factor)s", {
            before: write(step.before, step.format),
            after: write(step.after, step.format),
            factor: write(step.factor, step.factor_format),
        });
    }

    isUnfolded(cause) {
        return Boolean(this.state.unfolded[cause.cause]);
    }

    onFold(cause) {
        this.state.unfolded[cause.cause] = !this.isUnfolded(cause);
    }

    /** A bar of the chart was clicked. */
    onSelect(index) {
        const cause = this.why.causes[index - 1];
        if (cause) {
            this.onFold(cause);
        } else if (!index) {
            this.onOpen({model: this.props.record.resModel, id: this.why.before.id});
        }
    }

    onOpen(target) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: target.model,
            res_id: target.id,
            views: [[false, "form"]],
        });
    }
}

export const waterfallField = {
    component: WaterfallField,
    displayName: _t("Waterfall"),
    supportedTypes: ["json"],
};

registry.category("fields").add("backflush_waterfall", waterfallField);
