"""What stands behind the sealed ledger of a demo company: checkpoint, verification.

Last step of ``factory`` and of ``textbook``, whose closes make their checkpoints.
"""

from .people import get_person


def note(env):
    """Seal the company's ledger and make a checkpoint, as its controller does."""
    return _get_chain(env, "controller")._make_checkpoint("request")


def verify(env):
    """Verify the company's ledger as its auditor does; return the verification."""
    return _get_chain(env, "auditor")._verify()


def _get_chain(env, login):
    chains = env["backflush.chain"].with_user(get_person(env, login))
    return chains._get(env.company)
