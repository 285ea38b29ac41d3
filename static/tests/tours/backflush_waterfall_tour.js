import {registry} from "@web/core/registry";

/** Answer whether something was painted on the canvas. */
function isPainted(canvas) {
    const {data} = canvas
        .getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value);
}

/**
 * A cost accountant reads on a draft card why the standard cost of a table moved: screws
 * 0.50 -> 0.60, 5 of them, + 0.50; assembly 15 -> 12 minutes at 40.00, - 2.00. From
 * 32.50 to 31.00.
 */
registry.category("web_tour.tours").add("backflush_waterfall_tour", {
    steps: () => [
        {
            content: "The page with the reasons",
            trigger: ".o_notebook .nav-link[name='why']",
            run: "click",
        },
        {
            content: "The chart is painted, and says in words what it shows",
            trigger:
                ".o_bf_waterfall_chart canvas[aria-label*='32.50'][aria-label*='31.00']",
            async run() {
                await new Promise((resolve) => requestAnimationFrame(resolve));
                if (!isPainted(this.anchor)) {
                    throw new Error("The waterfall is blank");
                }
            },
        },
        {
            content: "Time lowers the standard cost",
            trigger: ".o_bf_cause[data-cause='routing_time']:contains('−$ 2.00')",
        },
        {
            content: "Unfold the price of components",
            trigger:
                ".o_bf_cause[data-cause='component_price']:contains('+$ 0.50') button",
            run: "click",
        },
        {
            content: "The arithmetic of the step",
            trigger:
                ".o_bf_step:contains('Screw'):contains('0.50 → 0.60 × 5 Units'):contains('+$ 0.50')",
        },
        {
            content: "Fold it",
            trigger: ".o_bf_cause button[aria-expanded='true']",
            run: "click",
        },
        {
            content: "and unfold it again",
            trigger:
                ".o_bf_waterfall:not(:has(.o_bf_step)) .o_bf_cause[data-cause='component_price'] button",
            run: "click",
        },
        {
            content: "Through to the component",
            trigger: ".o_bf_step a:contains('Screw')",
            run: "click",
        },
        {
            content: "The component is open, the card one step back",
            trigger: ".o_form_view .o_field_widget[name='name'] :value('Screw')",
        },
        {
            content: "Back to the card",
            trigger: ".o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "The card is open again",
            trigger:
                ".o_form_view .o_field_widget[name='total_cost']:contains('31.00')",
        },
        {
            content: "The card before",
            trigger: "button[name='action_view_card_before']",
            run: "click",
        },
        {
            content: "It is the one in force",
            trigger:
                ".o_form_view .o_field_widget[name='total_cost']:contains('32.50')",
        },
    ],
});
