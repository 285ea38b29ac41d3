import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatMonetary} from "@web/views/fields/formatters";
import {getCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * One T-account: debits left, credits right, each with the letter of its event.
 */
export class TAccount extends Component {
    static template = "mrp_account_backflush.TAccount";
    static props = {
        name: String,
        missing: {type: Boolean, optional: true},
        entries: Array,
        currencyId: [Number, Boolean],
        showBalance: {type: Boolean, optional: true},
    };

    format(amount) {
        return formatMonetary(amount, {
            currencyId: this.props.currencyId,
            noSymbol: true,
        });
    }

    get debits() {
        return this.props.entries.filter((entry) => entry.debit);
    }

    get credits() {
        return this.props.entries.filter((entry) => entry.credit);
    }

    /** Debits and credits side by side, as the rows of the table. */
    get rows() {
        const length = Math.max(this.debits.length, this.credits.length);
        return Array.from({length}, (_, index) => ({
            debit: this.debits[index],
            credit: this.credits[index],
        }));
    }

    /** Debits minus credits, rounded to the currency so that nothing is left of floats. */
    get balance() {
        const sum = this.props.entries.reduce(
            (total, entry) => total + entry.debit - entry.credit,
            0
        );
        const digits = getCurrency(this.props.currencyId)?.digits?.[1] ?? 2;
        return Number(sum.toFixed(digits));
    }
}

/**
 * The entries that a policy posts for one unit, event by event and all together.
 * Reads the Json field `preview` of `backflush.policy`.
 */
export class TAccountsField extends Component {
    static template = "mrp_account_backflush.TAccountsField";
    static components = {TAccount};
    static props = {...standardFieldProps};

    get preview() {
        return this.props.record.data[this.props.name] || {events: []};
    }

    get currencyName() {
        return getCurrency(this.preview.currency_id)?.name || "";
    }

    get title() {
        if (this.preview.title) {
            return this.preview.title;
        }
        return _t("One unit, at standard, in %(currency)s", {
            currency: this.currencyName,
        });
    }

    /** One T-account for each account, with the lines of all events. */
    get accounts() {
        const accounts = new Map();
        for (const event of this.preview.events) {
            for (const line of event.lines) {
                if (!accounts.has(line.key)) {
                    accounts.set(line.key, {...line, entries: []});
                }
                accounts.get(line.key).entries.push({...line, letter: event.letter});
            }
        }
        return [...accounts.values()];
    }
}

export const tAccountsField = {
    component: TAccountsField,
    displayName: _t("T-Accounts"),
    supportedTypes: ["json"],
};

registry.category("fields").add("backflush_t_accounts", tAccountsField);
