import {registry} from "@web/core/registry";

/**
 * A controller sets up a second product category in five clicks, and reads on its policy
 * which T-accounts one unit will post to.
 */
registry.category("web_tour.tours").add("backflush_setup_tour", {
    steps: () => [
        {
            content: "First click: the configuration menu",
            trigger:
                "button[data-menu-xmlid='mrp_account_backflush.menu_backflush_configuration']",
            run: "click",
        },
        {
            content: "Second click: the set-up wizard",
            trigger: "a[data-menu-xmlid='mrp_account_backflush.menu_backflush_setup']",
            run: "click",
        },
        {
            content: "The category without a policy is proposed",
            trigger: ".modal .o_field_widget[name='category_ids']:contains('Lamps')",
        },
        {
            content: "and so are its components",
            trigger:
                ".modal .o_field_widget[name='component_category_ids']:contains('Lamp Parts')",
        },
        {
            content: "The first category has its policy already",
            trigger:
                ".modal .o_field_widget[name='category_ids']:not(:contains('Finished'))",
        },
        {
            content: "Third click: flush at delivery",
            trigger:
                ".modal .o_field_widget[name='flush_point'] .o_radio_item:nth-child(2) input",
            run: "click",
        },
        {
            content: "The trigger points follow",
            trigger: ".modal .o_field_widget[name='trigger_points']:contains('A · D')",
        },
        {
            content: "Fourth click: set up",
            trigger: ".modal button[name='action_set_up']",
            run: "click",
        },
        {
            content: "The policy is open and active",
            trigger: ".o_arrow_button_current:contains('Active')",
        },
        {
            content: "Vendor bill: debit to raw and in-process inventory",
            trigger:
                ".o_bf_event:contains('Material purchased') .o_bf_t_account:contains('4.00')",
        },
        {
            content: "Completion: no entry",
            trigger:
                ".o_bf_event:contains('Order completed'):contains('No entry at this point')",
        },
        {
            content: "Delivery: cost of goods sold, 4.00 + 6 minutes at 40.00 an hour",
            trigger:
                ".o_bf_event:contains('Goods delivered') .o_bf_t_account:contains('8.00')",
        },
        {
            content: "All events together, with balances",
            trigger: ".o_bf_all .o_bf_balance:contains('8.00')",
        },
    ],
});
