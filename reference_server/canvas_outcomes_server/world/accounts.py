"""The account tree of a world: ancestors, owners and features."""

from canvas_outcomes_server.world.world import Context, World


class Accounts:
    """The account tree of a world."""

    def __init__(self, world: World) -> None:
        self._parents = {account.id: account.parent for account in world.accounts}
        self._features = {account.id: account.features for account in world.accounts}
        self.of_course = {course.id: course.account for course in world.courses}
        self.ids = list(self._parents)

    def chain(self, account: int) -> list[int]:
        """The account and its ancestors, nearest first."""
        parent = self._parents[account]
        return [account] if parent is None else [account, *self.chain(parent)]

    def is_root(self, account: int) -> bool:
        return self._parents[account] is None

    def _root(self, account: int | None) -> int | None:
        """The root account of an account; for None, which means global, the one with the lowest id."""
        if account is not None:
            return self.chain(account)[-1]
        return min((number for number, parent in self._parents.items() if parent is None), default=None)

    def owner(self, context: Context | None) -> int | None:
        """The account that a context belongs to."""
        if context is None:
            return None
        return context.id if context.type == "Account" else self.of_course[context.id]

    def has_feature(self, account: int | None, name: str) -> bool:
        """Whether a feature is on in the root account."""
        root = self._root(account)
        return root is not None and bool(getattr(self._features[root], name))
