import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The facts of a ledger entry as small tables.
 * Reads the Json field `facts_tables` of `backflush.entry`.
 */
export class FactsField extends Component {
    static template = "mrp_account_backflush.FactsField";
    static props = {...standardFieldProps};

    get tables() {
        return this.props.record.data[this.props.name]?.tables || [];
    }

    format(value, type) {
        const currencyId = this.props.record.data[this.props.name].currency_id;
        if (type === "money") {
            return formatMonetary(value, {currencyId});
        }
        if (type === "price") {
            return formatMonetary(value, {
                currencyId,
                digits: [16, 6],
                minDigits: 2,
            });
        }
        if (type === "quantity") {
            return formatFloat(value, {digits: [16, 6], trailingZeros: false});
        }
        return value;
    }
}

export const factsField = {
    component: FactsField,
    displayName: _t("Facts"),
    supportedTypes: ["json"],
};

registry.category("fields").add("backflush_facts", factsField);
