import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {getCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";

/** Unit costs are kept to the millionth; zeros beyond the currency's own go. */
export function formatCost(amount, currencyId, options = {}) {
    const minDigits = getCurrency(currencyId)?.digits?.[1] ?? 2;
    return formatMonetary(amount, {
        currencyId,
        digits: [16, 6],
        minDigits,
        trailingZeros: Boolean(minDigits),
        ...options,
    });
}

/** A change, always with its sign. */
export function formatChange(amount, currencyId, options) {
    const text = formatCost(Math.abs(amount), currencyId, options);
    return `${amount < 0 ? "−" : "+"}${text}`;
}

/** As short as a bar needs it: in cents, unless they would show nothing. */
export function formatShort(amount, currencyId, format = formatCost) {
    const digits = getCurrency(currencyId)?.digits?.[1] ?? 2;
    const shown = Number(Math.abs(amount).toFixed(digits)) || !amount;
    const options = {noSymbol: true, ...(shown && {digits: [16, digits]})};
    return format(amount, currencyId, options);
}

function formatQuantity(value) {
    return formatFloat(value, {digits: [16, 8], trailingZeros: false});
}

/** A measure of a step: money, hours, percent or units. */
export function formatMeasure(value, type, currencyId, unit = "") {
    switch (type) {
        case "money":
            return formatCost(value, currencyId, {noSymbol: true});
        case "hours":
            return _t("%(hours)s h", {hours: formatQuantity(value)});
        case "percent":
            return `${formatQuantity(value)}%`;
        default:
            return unit ? `${formatQuantity(value)} ${unit}` : formatQuantity(value);
    }
}
