# Configuration
from . import backflush_tracked
from . import backflush_reading
from . import res_users
from . import res_company
from . import res_company_close
from . import res_company_bridge
from . import res_config_settings
from . import backflush_cost_element
from . import backflush_overhead_rate
from . import backflush_policy
from . import backflush_policy_life
from . import backflush_policy_check
from . import backflush_policy_accounts
from . import backflush_policy_subcontracting
from . import backflush_policy_guard
from . import backflush_policy_preview
from . import backflush_policy_health
from . import backflush_policy_tolerance
from . import product_category

# Standard cost
from . import mrp_bom
from . import mrp_workcenter
from . import mrp_bom_line
from . import backflush_cost_card
from . import backflush_cost_card_line
from . import backflush_cost_card_element
from . import backflush_cost_card_build
from . import backflush_cost_card_why
from . import backflush_cost_card_why_step
from . import backflush_cost_card_problems
from . import backflush_cost_card_create
from . import backflush_cost_card_effect
from . import backflush_cost_card_revaluation
from . import backflush_planned_volume
from . import product_purchase_price
from . import backflush_rollup_scope
from . import backflush_approval
from . import backflush_release
from . import backflush_release_rollup
from . import backflush_cost_card_compare
from . import backflush_release_guard
from . import backflush_release_check
from . import backflush_release_flow
from . import backflush_release_effect
from . import backflush_cost_card_import
from . import backflush_cost_card_split
from . import backflush_cost_card_release
from . import backflush_scenario
from . import backflush_scenario_change
from . import backflush_scenario_compute
from . import backflush_scenario_inventory
from . import backflush_scenario_propose
from . import backflush_scenario_result
from . import backflush_card_finding
from . import backflush_card_finding_check
from . import backflush_card_finding_match
from . import backflush_card_finding_actual
from . import backflush_cost_card_seal
from . import product_product
from . import product_value
from . import product_standard_price
from . import backflush_standing

# 1. Capture
from . import backflush_document
from . import mrp_production
from . import mrp_workorder
from . import mrp_unbuild
from . import stock_move
from . import stock_move_adjustment
from . import stock_move_material
from . import stock_move_sale
from . import stock_move_subcontracting
from . import stock_move_line
from . import stock_picking
from . import sale_order_line
from . import purchase_order_line
from . import account_move
from . import account_move_cogs
from . import account_move_close
from . import account_move_subcontracting
from . import account_move_line
from . import account_move_line_purchase

# 2. Flush, 3. post
from . import backflush_evidence
from . import backflush_entry
from . import backflush_entry_line
from . import backflush_entry_standard
from . import backflush_entry_flush
from . import backflush_entry_change
from . import backflush_entry_cutover
from . import backflush_entry_redating
from . import backflush_entry_accounts
from . import backflush_entry_rounding
from . import backflush_entry_period
from . import backflush_entry_post
from . import backflush_entry_decision
from . import backflush_entry_reversal
from . import backflush_entry_facts
from . import stock_scrap

# Analysis
from . import backflush_variance_cause
from . import backflush_variance_review
from . import backflush_variance_review_refresh
from . import backflush_variance_review_sign
from . import backflush_variance_trend
from . import mrp_production_statement
from . import account_move_line_trail
from . import stock_lot

# 4. Seal
from . import backflush_seal
from . import backflush_entry_seal
from . import backflush_chain
from . import backflush_chain_seal
from . import backflush_chain_record
from . import account_move_seal

# Audit
from . import backflush_checkpoint
from . import backflush_chain_verify
from . import backflush_verification
from . import res_company_audit

# 5. Period close
from . import backflush_budget
from . import backflush_disposition_rule
from . import backflush_entry_close
from . import backflush_period
from . import backflush_period_line
from . import backflush_period_check
from . import backflush_period_balances
from . import backflush_period_conversion
from . import backflush_period_held
from . import backflush_period_disposition
from . import backflush_period_post
from . import backflush_period_preview
from . import backflush_period_count
from . import backflush_period_bridge
from . import backflush_period_bridge_rows
from . import backflush_period_paper
from . import backflush_period_approval
from . import backflush_period_seal
