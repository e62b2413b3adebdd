"""The tree of accounts of a world, what belongs to which, and the features that apply."""

from typing import Any

from canvas_outcomes_server.world.world import World


class Accounts:
    """The tree of accounts, and the features that apply in each."""

    def __init__(self, world: World) -> None:
        self._parents = {account["id"]: account.get("parent") for account in world["accounts"]}
        self._features = {account["id"]: account.get("features", {}) for account in world["accounts"]}
        self.of_course = {course["id"]: course["account"] for course in world["courses"]}
        self.ids = list(self._parents)

    def chain(self, account: int) -> list[int]:
        """The account and those above it, the nearest first."""
        parent = self._parents[account]
        return [account] if parent is None else [account, *self.chain(parent)]

    def _root(self, account: int | None) -> int | None:
        """The root above an account; for None, which stands for global, the root with the lowest id."""
        if account is not None:
            return self.chain(account)[-1]
        return min((number for number, parent in self._parents.items() if parent is None), default=None)

    def owner(self, context: dict[str, Any] | None) -> int | None:
        if context is None:
            return None
        number: int = context["id"]
        return number if context["type"] == "Account" else self.of_course[number]

    def has_feature(self, account: int | None, name: str) -> bool:
        """Whether the root account above has a feature."""
        root = self._root(account)
        return root is not None and bool(self._features[root].get(name))
