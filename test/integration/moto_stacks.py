"""Creates synthesised CloudFormation stacks in a local moto server and looks at the agents' roles that come of it.

Reads {"templates": [path], "agents": [{"name", "fleet", "role"}]} from standard input, and writes a list of
{"name", "problem", "skipped"} to standard output: neither is a pass.
"""

import io
import json
import logging
import os
import sys
import zipfile
from urllib.parse import unquote

import boto3
from moto.server import ThreadedMotoServer
from stand_ins import ACCOUNT, REGION, with_stand_ins

PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    request = json.load(sys.stdin)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        json.dump(check(request, f"http://{host}:{port}"), sys.stdout)
    finally:
        server.stop()


def check(request, endpoint):
    def client(service):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    bootstrap = "/cdk-bootstrap/hnb659fds/version"
    client("ssm").put_parameter(Name=bootstrap, Value="30", Type="String")
    templates = {os.path.basename(path): load(path) for path in request["templates"]}
    upload_assets(client("s3"), templates)
    results = create_stacks(client("cloudformation"), templates)
    roles = declared_roles(templates)
    iam = client("iam")
    for agent in request["agents"]:
        name = f"moto role {agent['fleet']}/{agent['name']}"
        results.append({"name": name, "problem": attempt(lambda: check_role(iam, agent, roles))})
    return results


def upload_assets(s3, templates):
    """Code that functions are made of, as cdk deploy would have uploaded it: what it does is not checked here."""
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => undefined;")
    made = set()
    for code in (code for body in templates.values() for code in asset_code(body)):
        bucket = code["S3Bucket"] if isinstance(code["S3Bucket"], str) else code["S3Bucket"]["Fn::Sub"]
        for name, value in PSEUDO.items():
            bucket = bucket.replace("${" + name + "}", value)
        if bucket not in made:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            made.add(bucket)
        s3.put_object(Bucket=bucket, Key=code["S3Key"], Body=empty.getvalue())


def asset_code(template):
    functions = (one for one in template.get("Resources", {}).values() if one["Type"] == "AWS::Lambda::Function")
    return [one["Properties"]["Code"] for one in functions if "S3Bucket" in one["Properties"]["Code"]]


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def create_stacks(cloudformation, templates):
    """Creates the stacks, those first whose exports others import."""
    waiting, exports, results = dict(templates), set(), []
    while waiting:
        ready = [name for name, body in waiting.items() if imported(body) <= exports] or list(waiting)
        for name in ready:
            body, left_out = with_stand_ins(waiting.pop(name))
            problem = attempt(lambda: create_stack(cloudformation, name, body))
            results.append({"name": f"moto creates {stack_name(name)}", "problem": problem})
            reason = "moto does not know the type; references to it are filled in"
            results += [{"name": f"moto creates {one} of {stack_name(name)}", "skipped": reason} for one in sorted(left_out)]
            exports |= exported(body)
    return results


def exported(template):
    return {one["Export"]["Name"] for one in template.get("Outputs", {}).values() if "Export" in one}


def imported(value):
    """Every literal name under an Fn::ImportValue."""
    if isinstance(value, list):
        return set().union(*map(imported, value))
    if not isinstance(value, dict):
        return set()
    own = {value["Fn::ImportValue"]} if isinstance(value.get("Fn::ImportValue"), str) else set()
    return own.union(*map(imported, value.values()))


def stack_name(file):
    return file.removesuffix(".template.json")


def create_stack(cloudformation, file, template):
    name = stack_name(file)
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    assert status == "CREATE_COMPLETE", f"the stack is {status}"


def declared_roles(templates):
    resources = [one for template in templates.values() for one in template.get("Resources", {}).values()]
    roles = [one["Properties"] for one in resources if one["Type"] == "AWS::IAM::Role"]
    return {role["RoleName"]: role for role in roles if isinstance(role.get("RoleName"), str)}


def check_role(iam, agent, declared):
    wanted = declared.get(agent["role"])
    assert wanted, f"no template declares the role {agent['role']}"
    role = iam.get_role(RoleName=agent["role"])["Role"]
    path = f"/agentic-iam/{agent['fleet']}/"
    assert role["Path"] == path, f"the path is {role['Path']}, not {path}"
    assert role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"), "no permissions boundary is attached"
    iam.get_policy(PolicyArn=role["PermissionsBoundary"]["PermissionsBoundaryArn"])
    assert matches(wanted["AssumeRolePolicyDocument"], role["AssumeRolePolicyDocument"]), (
        f"the trust is not as synthesised: {json.dumps(role['AssumeRolePolicyDocument'])}"
    )
    documents = inline_documents(iam, agent["role"]) + managed_documents(iam, agent["role"])
    assert documents, "the role holds no policy"
    for name, document in documents:
        iam.put_role_policy(RoleName=agent["role"], PolicyName=f"again-{name}", PolicyDocument=json.dumps(document))


def inline_documents(iam, role):
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [(name, as_document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])) for name in names]


def managed_documents(iam, role):
    documents = []
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        documents.append((attached["PolicyName"], as_document(found["PolicyVersion"]["Document"])))
    return documents


def as_document(value):
    return json.loads(unquote(value)) if isinstance(value, str) else value


def matches(declared, found):
    """Equal, where an intrinsic that only a deployment can resolve stands for any text."""
    if isinstance(declared, dict):
        if len(declared) == 1:
            key, argument = next(iter(declared.items()))
            if key == "Ref" and argument in PSEUDO:
                return found == PSEUDO[argument]
            if key == "Fn::Join" and isinstance(found, str):
                return join_matches(argument[1], found)
            if key == "Ref" or key.startswith("Fn::"):
                return isinstance(found, str) and found != ""
        return isinstance(found, dict) and declared.keys() == found.keys() and all(matches(declared[k], found[k]) for k in declared)
    if isinstance(declared, list):
        return isinstance(found, list) and len(declared) == len(found) and all(map(matches, declared, found))
    return declared == found


def join_matches(parts, found):
    """Every literal part occurs, in order."""
    position = 0
    for part in parts:
        text = part if isinstance(part, str) else PSEUDO.get(part.get("Ref"), "")
        position = found.find(text, position)
        if position < 0:
            return False
        position += len(text)
    return True


def attempt(work):
    try:
        work()
        return None
    except Exception as error:  # the problem is reported, whatever it is
        return f"{type(error).__name__}: {error}"


main()
