"""The workflows use what the project has: targets of the Makefile, names of Terraform, pinned actions."""

import re
from typing import Any

import yaml

from tests.config.startup import ROOT

WORKFLOWS = {at.name: at.read_text(encoding="utf-8") for at in (ROOT / ".github/workflows").glob("*.yml")}
ACTIONS = [at.read_text(encoding="utf-8") for at in (ROOT / ".github/actions").glob("*/action.yml")]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DEPLOYMENT = (ROOT / "terraform/staging/deployment.tf").read_text(encoding="utf-8")


def test_every_target_that_workflows_make_is_in_the_makefile() -> None:
    targets = re.findall(r"run: make ([a-z-]+)", "".join(WORKFLOWS.values()))
    assert len(targets) >= 5
    assert [name for name in targets if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)] == []


def test_every_action_is_pinned_by_a_commit_with_its_version_beside_it() -> None:
    used = re.findall(r"uses: (.*)", "".join([*WORKFLOWS.values(), *ACTIONS]))
    assert len(used) >= 10
    pinned = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/\S+")
    assert [each for each in used if not pinned.fullmatch(each)] == []


def test_an_action_has_one_version_in_all_workflows() -> None:
    used = set(re.findall(r"uses: ([\w-]+/[\w-]+)\S*@(\S+)", "".join(WORKFLOWS.values())))
    assert len(used) == len({name for name, _ in used})


def test_staging_is_deployed_by_the_names_that_terraform_gives() -> None:
    workflow = WORKFLOWS["staging.yml"]
    assert f"APPLICATION: {_named(r'aws_codedeploy_app', 'name')}\n" in workflow
    assert f"DEPLOYMENT_GROUP: {_named(r'aws_codedeploy_deployment_group', 'deployment_group_name')}\n" in workflow
    assert re.findall(r"branches: \[(\w+)\]", workflow) == re.findall(r'branch += "(\w+)"', DEPLOYMENT) == ["staging"]


def _named(kind: str, attribute: str) -> str:
    block = DEPLOYMENT.partition(f'resource "{kind}"')[2].partition("\n}")[0]
    return str(re.findall(rf'^  {attribute} += "(.*)"', block, re.MULTILINE)[0])


def test_the_variables_of_workflows_are_the_outputs_of_terraform() -> None:
    for environment in ("staging", "production"):
        file = ROOT / f"terraform/{environment}/outputs.tf"
        outputs = file.read_text(encoding="utf-8").partition('"github_variables"')[2].partition("\n}")[0]
        used = set(re.findall(r"vars\.([A-Z_]+)", WORKFLOWS[f"{environment}.yml"]))
        assert used == set(re.findall(r"^    ([A-Z_]+) ", outputs, re.MULTILINE))


def test_only_the_branch_main_reaches_production() -> None:
    jobs: dict[str, dict[str, Any]] = yaml.safe_load(WORKFLOWS["production.yml"])["jobs"]
    assert {name for name, job in jobs.items() if "github.ref == 'refs/heads/main'" in str(job["if"])} == {
        *jobs.keys() - {"notify"}
    }
    assert {name for name, job in jobs.items() if job.get("environment") == "production"} == {"image", "release"}
    role = (ROOT / "terraform/production/release.tf").read_text(encoding="utf-8").partition("release_role")[2]
    assert re.findall(r'^  (environment|branch) += "(\w+)"', role, re.MULTILINE) == [("environment", "production")]


def test_no_token_of_a_workflow_may_change_the_repository() -> None:
    for text in WORKFLOWS.values():
        workflow = yaml.safe_load(text)
        assert workflow["permissions"] in ({}, {"contents": "read"})
        given = [job.get("permissions", {}) for job in workflow["jobs"].values()]
        assert {each.get("contents", "read") for each in given} == {"read"}


def test_the_versions_of_python_on_staging_and_in_the_image_are_tested() -> None:
    tested = re.findall(r'"(3\.\d+)"', re.findall(r"python: (\[.*\])", WORKFLOWS["ci.yml"])[0])
    host = re.findall(r" python(3\.\d+) ", (ROOT / "terraform/staging/host.sh").read_text(encoding="utf-8"))
    image = re.findall(r"^FROM python:(3\.\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert host
    assert image
    assert {*host, *image} <= {*tested}
