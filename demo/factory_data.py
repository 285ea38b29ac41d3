"""The demo factory's data: a maker of bicycles, in US dollars.

Two families follow a policy, a third is left for the set-up wizard; see ``factory``.
"""

COMPANY = "Cadence Cycles"
PARENT = "Cadence Cycles"

#: Hourly rates of the work centres by code of cost element.
WORKCENTERS = {
    "Frame Welding": {"LAB": 32.0, "MAC": 18.0},
    "Painting": {"LAB": 26.0, "MAC": 34.0},
    "Assembly": {"LAB": 30.0, "MAC": 4.0},
}

#: Component categories: {component: (standard cost, unit of measure)}.
COMPONENTS = {
    "Bicycle Parts": {
        "Steel tube set": (48.0, "unit"),
        "Wheel 28 inch": (35.0, "unit"),
        "Tyre 28 inch": (9.5, "unit"),
        "Saddle": (18.0, "unit"),
        "Groupset 7-speed": (62.0, "unit"),
        "Groupset 27-speed": (145.0, "unit"),
        "Luggage rack": (22.0, "unit"),
        "Powder paint": (14.0, "litre"),
    },
    "Accessory Materials": {
        "Waterproof fabric": (11.0, "meter"),
        "Buckle": (0.85, "unit"),
        "LED module": (6.4, "unit"),
        "Battery cell": (3.1, "unit"),
        "Light housing": (1.9, "unit"),
    },
    "Trailer Parts": {
        "Trailer frame kit": (65.0, "unit"),
        "Wheel 16 inch": (21.0, "unit"),
        "Trailer cover": (30.0, "unit"),
    },
}

#: Finished products by category: {product: ({component: quantity},
#: [(operation, work centre, minutes)])}.
PRODUCTS = {
    "Bicycles": {
        "City Bike": (
            {
                "Steel tube set": 1,
                "Wheel 28 inch": 2,
                "Tyre 28 inch": 2,
                "Saddle": 1,
                "Groupset 7-speed": 1,
                "Powder paint": 0.4,
            },
            [
                ("Weld frame", "Frame Welding", 45),
                ("Paint frame", "Painting", 20),
                ("Assemble bicycle", "Assembly", 60),
            ],
        ),
        "Touring Bike": (
            {
                "Steel tube set": 1,
                "Wheel 28 inch": 2,
                "Tyre 28 inch": 2,
                "Saddle": 1,
                "Groupset 27-speed": 1,
                "Luggage rack": 1,
                "Powder paint": 0.5,
            },
            [
                ("Weld frame", "Frame Welding", 60),
                ("Paint frame", "Painting", 24),
                ("Assemble bicycle", "Assembly", 90),
            ],
        ),
    },
    "Accessories": {
        "Pannier Bag": (
            {"Waterproof fabric": 1.2, "Buckle": 4},
            [("Sew bag", "Assembly", 24)],
        ),
        "Bike Light": (
            {"LED module": 1, "Battery cell": 2, "Light housing": 1},
            [("Assemble light", "Assembly", 6)],
        ),
    },
    "Trailers": {
        "Cargo Trailer": (
            {"Trailer frame kit": 1, "Wheel 16 inch": 2, "Trailer cover": 1},
            [("Assemble trailer", "Assembly", 40)],
        ),
    },
}

LIST_PRICES = {
    "City Bike": 599.0,
    "Touring Bike": 949.0,
    "Pannier Bag": 65.0,
    "Bike Light": 32.0,
    "Cargo Trailer": 279.0,
}

#: Policies by category: flush point, whether purchases are recorded, and overhead
#: rates (element, method, rate, base element).
POLICIES = {
    "Bicycles": (
        "completion",
        True,
        [("OVH", "percent", 25.0, "LAB"), ("OVH", "hour", 6.0, None)],
    ),
    "Accessories": ("sale", False, [("OVH", "quantity", 1.5, None)]),
}

#: Purchases: (vendor, component, quantity, price billed).
PURCHASES = [
    ("Tubeworks Inc.", "Steel tube set", 50, 48.0),
    ("Velo Components Ltd.", "Wheel 28 inch", 90, 36.2),
    ("Velo Components Ltd.", "Tyre 28 inch", 120, 9.5),
    ("Velo Components Ltd.", "Saddle", 50, 17.4),
    ("Velo Components Ltd.", "Groupset 7-speed", 35, 60.5),
    ("Velo Components Ltd.", "Groupset 27-speed", 15, 149.0),
    ("Velo Components Ltd.", "Luggage rack", 15, 22.0),
    ("Tubeworks Inc.", "Powder paint", 40, 14.0),
    ("Northern Textiles", "Waterproof fabric", 120, 11.6),
    ("Northern Textiles", "Buckle", 400, 0.85),
    ("Lumen Electronics", "LED module", 150, 6.4),
    ("Lumen Electronics", "Battery cell", 300, 3.25),
    ("Lumen Electronics", "Light housing", 150, 1.9),
    ("Tubeworks Inc.", "Trailer frame kit", 20, 65.0),
    ("Velo Components Ltd.", "Wheel 16 inch", 40, 21.0),
    ("Northern Textiles", "Trailer cover", 20, 30.0),
]

#: Orders completed: (product, quantity, {component: quantity used instead of planned}).
ORDERS = [
    ("City Bike", 12, {"Tyre 28 inch": 26}),
    ("Touring Bike", 8, {"Powder paint": 3.5}),
    ("City Bike", 10, {}),
    ("Pannier Bag", 60, {"Waterproof fabric": 75}),
    ("Bike Light", 100, {"Battery cell": 206}),
]

#: Sales, delivered and invoiced: (customer, product, quantity, price).
SALES = [
    ("Pedal Point Retail", "City Bike", 14, 549.0),
    ("Pedal Point Retail", "Touring Bike", 5, 899.0),
    ("Wheelhouse Shops", "City Bike", 4, 559.0),
    ("Wheelhouse Shops", "Pannier Bag", 40, 59.0),
    ("Pedal Point Retail", "Bike Light", 75, 29.0),
]

#: Conversion cost incurred: payroll (a journal entry) and bills, as (label, vendor,
#: element, amount).
PAYROLL = 2950.0
BILLS = [
    ("Machine lease and maintenance", "Lathe & Weld Services", "MAC", 880.0),
    ("Rent and power", "Harbour Estates", "OVH", 1340.0),
]
