"""A tox runner whose environments may have one `env_dir`: commands that need the same packages install them once."""

from filelock import FileLock
from tox.plugin import impl
from tox.tox_env.info import Info
from tox.tox_env.register import ToxEnvRegister

UV_RUNNER = "uv-venv-runner"


class InfoWithoutName(Info):
    """The state of an environment. tox would create one again that another command has created."""

    def compare(self, value, section, sub_section=None):
        anonymous = {**value, "name": "any"} if section == "ToxEnv" else value
        return super().compare(anonymous, section, sub_section)


@impl(trylast=True)
def tox_register_tox_env(register: ToxEnvRegister) -> None:
    if UV_RUNNER not in register.env_runners:
        return  # this tox installs tox-uv, and starts again with it

    class SharedRunner(register.runner(UV_RUNNER)):
        @staticmethod
        def id() -> str:
            return "shared-uv-venv-runner"

        @property
        def cache(self) -> Info:
            return InfoWithoutName(self.env_dir)

        def setup(self) -> None:
            self.env_dir.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.env_dir.with_suffix(".lock")):  # two commands may start at once
                super().setup()

    register.add_run_env(SharedRunner)
