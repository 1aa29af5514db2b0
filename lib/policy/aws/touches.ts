import { AccessLevel } from '../../core/enums';
import type { AccessRegion, AccessRequest, Decision, EffectiveAccess } from '../../core/review/access';
import { compileGlob, showSymbols } from '../../core/review/glob';
import { canName } from './engine';
import { AWS_FACTS } from './facts';
import type { Judge } from './judge';
import type { AwsResource, PolicyText } from './model';

/** A named resource that a principal can use. */
export interface Touch {
  readonly resource: string;
  readonly request: AccessRequest;
  readonly decision: Decision;
}

interface Reach {
  readonly judge: Judge;
  readonly access: EffectiveAccess;
  readonly resources: readonly AwsResource[];
}

/** The named resources that a principal can read data or credentials of, change, or run code on, each with one request that shows it. */
export function touchesOf({ judge, access, resources }: Reach, arn: PolicyText): readonly Touch[] {
  return resources.flatMap((resource) => {
    for (const entry of access.entries) {
      for (const name of namesWithin(resource, entry.region)) {
        const actions = entry.actions.filter((action) => matters(action) && canName(action, plain(name)) && isOf(action, resource));
        for (const action of actions.slice(0, TRIES)) {
          const request: AccessRequest = { action, resource: name };
          const decision = judge.decide(arn, request, 'unknown');
          if (decision.effect === 'allowed' || decision.effect === 'depends')
            return [{ resource: showSymbols(resource.arn), request, decision }];
        }
      }
    }
    return [];
  });
}

/** Denials take out some actions of an entry; a few tries find one that is left. */
const TRIES = 12;

/** Names of the resource, or of something inside it, that may be in a region; deciding a request on one tells. */
function namesWithin({ arn }: AwsResource, { resources, notResources }: AccessRegion): readonly string[] {
  const named = resources
    .flatMap((list) => list.map(instanceOf))
    .filter((name) => name.startsWith(`${arn}/`) || name.startsWith(`${arn}:`));
  return [...new Set([arn, ...named, `${arn}/x`])].filter(
    (name) =>
      resources.every((list) => list.some((glob) => compileGlob(glob).matches(name) !== 'no')) &&
      !notResources.some((glob) => compileGlob(glob).matches(name) === 'yes'),
  );
}

/** One string that a glob matches. */
function instanceOf(glob: string): string {
  return glob.replace(/\\(.)|[*?]/g, (_, literal: string | undefined) => literal ?? 'x');
}

/** A made-up name holds no separator, so it is one letter where only the form of the ARN counts. */
function plain(name: string): string {
  return name.replace(/\uE000[^\uE001]*\uE001/g, 'x');
}

/** Whether the action belongs to the service that the resource is of. */
function isOf(action: string, { arn }: AwsResource): boolean {
  const service = arn.split(':')[2] ?? '';
  const prefix = action.slice(0, action.indexOf(':')).toLowerCase();
  return prefix === service || RELATED.has(`${service} ${prefix}`);
}

/** Services whose actions name resources of another. */
const RELATED: ReadonlySet<string> = new Set(['s3 s3-object-lambda', 'rds rds-data', 'apigateway execute-api']);

function matters(action: string): boolean {
  const level = AWS_FACTS.level(action);
  if (level === AccessLevel.READ || level === AccessLevel.LIST) return AWS_FACTS.reads(action) !== 'metadata';
  return level !== undefined && level !== AccessLevel.TAGGING;
}
