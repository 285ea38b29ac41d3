"""Names with HTML in them are text wherever they are shown: in the chatter, in the
activities, and in the components of this module in a browser.
"""

from odoo.tests import HttpCase, tagged

from .close_common import CloseCase
from .release_common import ReleaseCase

HTML = "<img src=x onerror=alert(1)>"
#: Wait until the page shows the name, then look for what it must not have become.
LOOK = """
    const text = "<img src=x onerror=alert(1)>";
    const timer = setInterval(() => {
        const tab = document.querySelector(".o_notebook .nav-link[name='%s']");
        if (tab && !tab.classList.contains("active")) {
            tab.click();
        }
        const shown = document.querySelector("%s");
        if (!shown || !shown.textContent.includes(text)) {
            return;
        }
        clearInterval(timer);
        const element = document.querySelector("img[src='x']");
        if (element) {
            console.error(`A name became an element: ${element.parentNode.outerHTML}`);
        } else {
            console.log("test successful");
        }
    }, 100);
"""


class TestHtmlInNotes(ReleaseCase):
    def test_chatter_and_activities(self):
        """Names in notes and activities are escaped."""
        self.labour.name = HTML
        self.workcenter.name = HTML
        rates = self.env["backflush.workcenter.rate"].create(
            {
                "workcenter_id": self.workcenter.id,
                "element_id": self.labour.id,
                "rate": 40.0,
            }
        )
        self.assertNote(self.labour.message_ids[0])
        self.assertTrue(rates)
        self.company.name = HTML
        self.auditor.group_ids -= self.env.ref(
            "mrp_account_backflush.group_backflush_auditor"
        )
        self.assertNote(self.auditor.partner_id.message_ids[0])

    def test_errors_of_a_release(self):
        """A release that cannot take effect tells its preparer which product."""
        release = self._propose(self.frame)
        release._keep_error(f"{HTML} has no account.\nSet one.")
        note = release.activity_ids.note
        self.assertIn("&lt;img", note)
        self.assertNotIn("<img", note)

    def assertNote(self, message):
        self.assertIn("&lt;img", message.body)
        self.assertNotIn("<img", message.body)


@tagged("post_install", "-at_install")
class TestHtmlInBrowser(HttpCase, CloseCase):
    books_open = "names alone are looked at"

    def test_components(self):
        """T-accounts of a policy, the reasons why a cost moved, the facts of an entry:
        each shows the name of a product, an account or an element as it is."""
        for record in (self.table, self.metal, self.account_rip, self.account_fg):
            record.name = HTML
        entry = self._produce(1).backflush_entry_ids
        self.metal.standard_price = 20.0
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        self.env.ref("base.user_admin").write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )
        for path, tab, selector in (
            (f"policies/{self.policy.id}", "preview", ".o_bf_t_accounts"),
            (f"cost-cards/{card.id}", "why", ".o_bf_waterfall"),
            (f"entries/{entry.id}", "facts", ".tab-pane.active"),
        ):
            with self.subTest(path=path):
                self.browser_js(
                    f"/odoo/backflush-{path}", LOOK % (tab, selector), login="admin"
                )
