import type { Construct } from 'constructs';
import { AssetType, TerraformAsset } from '../../terraform/core';
import { Cloudfunctions2Function, CloudRunV2ServiceIamMember, StorageBucketObject } from '../../terraform/google';
import facts from '../catalog/monitoring.json';
import { handlerFolder } from './handler-code';

export interface HandlerFunctionProps {
  readonly name: string;
  readonly description: string;
  readonly project: string;
  readonly region: string;
  /** Folder of the handler. */
  readonly handler: string;
  /** Bucket that the code lies in. */
  readonly bucket: string;
  /** Whom it runs as. */
  readonly email: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly maxInstances: number;
  readonly availableMemory: string;
  /** Whether it is reached from outside of the project's network. @default false */
  readonly fromOutside?: boolean;
}

/** A function of the library, with its code. Nobody may call it until somebody is admitted. */
export function makeFunction(scope: Construct, props: HandlerFunctionProps): Cloudfunctions2Function {
  const { name, description, project, region, handler, bucket } = props;
  const code = new TerraformAsset(scope, 'Code', { path: handlerFolder(handler), type: AssetType.ARCHIVE });
  const object = new StorageBucketObject(scope, 'Object', {
    bucket,
    name: `code/${handler}-${code.assetHash}.zip`,
    source: code.path,
  });
  return new Cloudfunctions2Function(scope, 'Function', {
    name,
    description,
    location: region,
    project,
    buildConfig: {
      runtime: facts.runtime.name,
      entryPoint: 'handler',
      source: { storageSource: { bucket, object: object.name } },
    },
    serviceConfig: {
      serviceAccountEmail: props.email,
      ingressSettings: props.fromOutside ? 'ALLOW_ALL' : 'ALLOW_INTERNAL_ONLY',
      timeoutSeconds: props.timeoutSeconds,
      availableMemory: props.availableMemory,
      maxInstanceCount: props.maxInstances,
      environmentVariables: { ...props.environment },
    },
  });
}

export interface AdmitProps extends Pick<HandlerFunctionProps, 'project' | 'region'> {
  readonly service: Cloudfunctions2Function;
  /** Who may call, as IAM names it. */
  readonly member: string;
}

/** Lets somebody call a function. */
export function admit(scope: Construct, id: string, { project, region, service, member }: AdmitProps): void {
  new CloudRunV2ServiceIamMember(scope, id, {
    project,
    location: region,
    // A function is the service of its name.
    name: service.name,
    role: 'roles/run.invoker',
    member,
  });
}
