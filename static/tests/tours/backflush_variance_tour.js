import {registry} from "@web/core/registry";

/** Answer whether something was painted on the canvas. */
function isPainted(canvas) {
    const {data} = canvas
        .getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value);
}

/**
 * A controller finds an order beyond its tolerance, reads why, gives it a cause and
 * signs it off; then reads the trend of the product, and the lines behind a month.
 */
registry.category("web_tour.tours").add("backflush_variance_tour", {
    steps: () => [
        {
            content: "Nothing was looked at yet; compare orders with their tolerance",
            trigger: ".o_list_view .o_control_panel button:contains('Refresh')",
            run: "click",
        },
        {
            content: "The order that took 4 plates for 2",
            trigger: ".o_data_row:contains('Table'):contains('20.00') .o_data_cell",
            run: "click",
        },
        {
            content: "Its figures",
            trigger: ".o_form_view div[name='kind_summary']:contains('Usage')",
        },
        {
            content: "It is mine",
            trigger: "button[name='action_assign_to_me']",
            run: "click",
        },
        {
            content: "Its cause",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains('In Review')) div[name='cause_id'] input",
            run: "edit Quality",
        },
        {
            content: "is the quality of the material",
            trigger: ".ui-autocomplete a:contains('Quality of material')",
            run: "click",
        },
        {
            content: "Why it differs",
            trigger: "button[name='action_view_statement']",
            run: "click",
        },
        {
            content: "Plates: 20.00 planned, 40.00 used",
            trigger:
                ".o_data_row:contains('Plate'):contains('20.00'):contains('40.00'):contains('Usage')",
        },
        {
            content: "Back to the review",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "Sign it off",
            trigger: "button[name='action_sign_off']",
            run: "click",
        },
        {
            content: "It can no longer be changed",
            trigger:
                ".o_form_view:has(button[name='action_reopen']) div[name='cause_id'].o_readonly_modifier",
        },
        {
            content: "The trend of the product",
            trigger: "button[name='action_view_trend']",
            run: "click",
        },
        {
            content: "The chart is painted, and says in words what it shows",
            trigger:
                ".o_bf_trend_chart canvas[aria-label*='Table'][aria-label*='Usage']",
            async run() {
                await new Promise((resolve) => requestAnimationFrame(resolve));
                if (!isPainted(this.anchor)) {
                    throw new Error("The trend is blank");
                }
            },
        },
        {
            content: "Over half a year",
            trigger: ".o_control_panel .btn-group button:contains('6 months')",
            run: "click",
        },
        {
            content: "The lines of this month",
            trigger:
                ".o_bf_trend thead:has(th:nth-child(8):last-child) + tbody tr[data-kind='usage'] td:nth-child(7) a:contains('20.00')",
            run: "click",
        },
        {
            content: "The plates of the order",
            trigger:
                ".o_list_view .o_data_row:contains('Plate'):contains('Usage'):contains('20.00')",
        },
    ],
});
