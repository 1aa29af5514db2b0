import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { BoundResource } from '../../../core/access-plan';
import { arnOf, exact, on, subjectOf } from './shared';

/** A version or an alias carries its own ARN, and then only it is granted. */
export function bindFunction(fn: IFunction): BoundResource {
  return { kind: 'function', targets: { function: on(exact(subjectOf('function', fn), 'functionArn', fn.functionArn)) } };
}

export function bindStateMachine(machine: IStateMachine): BoundResource {
  const arn = exact(subjectOf('state machine', machine), 'stateMachineArn', machine.stateMachineArn);
  const name = Stack.of(machine).splitArn(arn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  return {
    kind: 'state-machine',
    targets: { machine: on(arn), executions: on(arnOf('states', `execution:${name}:*`, machine.env)) },
  };
}

export function bindExpressStateMachine(machine: IStateMachine): BoundResource {
  const arn = exact(subjectOf('state machine', machine), 'stateMachineArn', machine.stateMachineArn);
  return { kind: 'express-state-machine', targets: { machine: on(arn) } };
}
