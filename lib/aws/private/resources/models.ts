import { Aws } from 'aws-cdk-lib';
import type { CfnApplicationInferenceProfile, CfnGuardrail, CfnKnowledgeBase, IModel } from 'aws-cdk-lib/aws-bedrock';
import type { BoundResource } from '../../../core/access-plan';
import { invalidBinding } from '../../../core/native-errors';
import { arnOf, exact, literal, literals, on, subjectOf } from './shared';

export interface ModelOptions {
  /** Region the model is called in. @default - the region of the stack */
  readonly region?: string;
}

/**
 * First words of the ids of system-defined inference profiles.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const GEOGRAPHIES = ['us', 'us-gov', 'eu', 'apac', 'jp', 'au', 'ca', 'global'];

/** What `aws:RequestedRegion` holds while a global profile routes. @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html */
const UNSPECIFIED_REGION = 'unspecified';

export function bindModel(model: string | IModel, options: ModelOptions): BoundResource {
  const region = options.region === undefined ? undefined : literal('model', 'region', options.region);
  const arn =
    typeof model === 'string' ? modelArn(modelId('model', model), region ?? Aws.REGION) : exact('model', 'modelArn', model.modelArn);
  return { kind: 'model', targets: { model: on(arn) } };
}

/** A foundation model belongs to AWS: its ARN has a region and no account. */
const modelArn = (id: string, region: string): string => arnOf('bedrock', `foundation-model/${id}`, { region, account: '' });

/** A literal id; the library makes the ARN. */
function idOf(subject: string, field: string, id: string): string {
  if (!literal(subject, field, id).startsWith('arn:')) return id;
  throw invalidBinding(subject, {
    rule: `needs '${field}' as an id`,
    reason: 'an ARN within an ARN names nothing',
    value: id,
    fix: `use '${id.split('/').pop()}', or pass a construct where it lives in another account`,
  });
}

function modelId(subject: string, id: string): string {
  const checked = idOf(subject, 'model', id);
  if (!GEOGRAPHIES.includes(checked.split('.')[0] ?? '')) return checked;
  const reason = 'this is the id of an inference profile, which routes to models in several regions';
  throw invalidBinding(`${subject} '${id}'`, {
    rule: 'needs the id of a model',
    reason,
    value: id,
    fix: 'use AgentResource.inferenceProfile()',
  });
}

export interface InferenceProfileOptions {
  /** Id of the foundation model behind the profile. */
  readonly model: string;
  /** Every region the profile may route to, its source region among them. @default - for a global profile its source region; else required */
  readonly regions?: readonly string[];
}

/** A bound profile and the regions that calls through it leave to. */
export interface BoundProfile {
  readonly bound: BoundResource;
  readonly regions: readonly string[];
}

/**
 * The models are granted only when reached through the profile, so that it cannot be passed by.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function bindInferenceProfile(profile: string | CfnApplicationInferenceProfile, options: InferenceProfileOptions): BoundProfile {
  const subject = 'inference profile';
  const arn =
    typeof profile === 'string'
      ? arnOf('bedrock', `inference-profile/${idOf(subject, 'profile', profile)}`)
      : exact(subjectOf(subject, profile), 'attrInferenceProfileArn', profile.attrInferenceProfileArn);
  const model = modelId(subject, options.model);
  const isGlobal = typeof profile === 'string' && profile.startsWith('global.');
  const named = isGlobal && !options.regions ? [] : literals(subject, 'regions', options.regions ?? []);
  const source = isGlobal && named.length === 0 ? [modelArn(model, Aws.REGION)] : [];
  const anywhere = isGlobal ? [modelArn(model, '')] : [];
  const models = [...source, ...named.map((region) => modelArn(model, region)), ...anywhere];
  return {
    bound: {
      kind: 'inference-profile',
      targets: { profile: on(arn), models: on(models, { ArnEquals: { 'bedrock:InferenceProfileArn': arn } }) },
    },
    regions: isGlobal ? [...named, UNSPECIFIED_REGION] : named,
  };
}

export function bindGuardrail(guardrail: string | CfnGuardrail): BoundResource {
  const arn =
    typeof guardrail === 'string'
      ? arnOf('bedrock', `guardrail/${idOf('guardrail', 'id', guardrail)}`)
      : exact(subjectOf('guardrail', guardrail), 'attrGuardrailArn', guardrail.attrGuardrailArn);
  return { kind: 'guardrail', targets: { guardrail: on(arn) } };
}

export function bindKnowledgeBase(base: string | CfnKnowledgeBase): BoundResource {
  const arn =
    typeof base === 'string'
      ? arnOf('bedrock', `knowledge-base/${idOf('knowledge base', 'id', base)}`)
      : exact(subjectOf('knowledge base', base), 'attrKnowledgeBaseArn', base.attrKnowledgeBaseArn);
  return { kind: 'knowledge-base', targets: { base: on(arn) } };
}
