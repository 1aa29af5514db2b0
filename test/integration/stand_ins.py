"""Makes a template one that moto can create: a resource of a type it does not know is left out, and every reference to
it becomes a literal ARN. What is checked, the agents' roles and policies, is of types it knows."""

from moto.cloudformation.parsing import get_model_map

ACCOUNT = "123456789012"
REGION = "eu-west-1"


def with_stand_ins(template):
    """The template, and the types that were left out."""
    known = get_model_map()
    resources = template.get("Resources", {})
    missing = {name for name, resource in resources.items() if resource["Type"] not in known}
    buses = {name: one["Properties"]["Name"] for name, one in resources.items() if one["Type"] == "AWS::Events::EventBus"}
    kept = {
        name: on_bus(buses, named(name, without_waiting(resource, missing)))
        for name, resource in resources.items()
        if name not in missing
    }
    return replace({**template, "Resources": kept}, missing), {resources[name]["Type"] for name in missing}


def named(name, resource):
    """CloudFormation ends the name it makes up for a FIFO queue in .fifo; moto forgets to."""
    properties = resource.get("Properties", {})
    if resource["Type"] != "AWS::SQS::Queue" or not properties.get("FifoQueue") or "QueueName" in properties:
        return resource
    return {**resource, "Properties": {**properties, "QueueName": f"{name}.fifo"}}


def on_bus(buses, resource):
    """moto does not read a rule's reference to a bus."""
    bus = resource.get("Properties", {}).get("EventBusName")
    if resource["Type"] != "AWS::Events::Rule" or not isinstance(bus, dict):
        return resource
    return {**resource, "Properties": {**resource["Properties"], "EventBusName": buses[referred(bus)]}}


def without_waiting(resource, missing):
    waits = resource.get("DependsOn", [])
    waits = [name for name in ([waits] if isinstance(waits, str) else waits) if name not in missing]
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    return {**rest, "DependsOn": waits} if waits else rest


def replace(value, missing):
    if isinstance(value, list):
        return [replace(one, missing) for one in value]
    if not isinstance(value, dict):
        return value
    name = referred(value)
    if name in missing:
        return f"arn:aws:stand-in:{REGION}:{ACCOUNT}:{name}"
    return {key: replace(one, missing) for key, one in value.items()}


def referred(value):
    """The logical id that an intrinsic refers to."""
    if value.keys() == {"Ref"}:
        return value["Ref"]
    if value.keys() != {"Fn::GetAtt"}:
        return None
    argument = value["Fn::GetAtt"]
    return argument.split(".")[0] if isinstance(argument, str) else argument[0]
