import type { ReviewInput } from '../../core/review/input';
import { unreadableInput } from '../../core/review-errors';
import { ConstructPaths } from './construct-paths';
import type { Folder } from './files';
import { fieldsOf } from './kinds';
import { joinNestedStacks } from './nested-stacks';

/** Name of the file that lists what an assembly holds. */
export const ASSEMBLY_FILE = 'manifest.json';

/**
 * The templates of a cloud assembly of the CDK and of the assemblies inside it, each with its stack's name, account, region and
 * construct paths. Nested stacks become part of the stack that holds them.
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html
 * @throws AgenticIamError where a file that the assembly names is missing or damaged
 */
export function readAssembly(folder: Folder): readonly ReviewInput[] {
  const artifacts = fieldsOf(fieldsOf(folder.json(ASSEMBLY_FILE))?.['artifacts']) ?? {};
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    const { type, properties } = fieldsOf(artifact) ?? {};
    const told = fieldsOf(properties) ?? {};
    if (type === 'cdk:cloud-assembly' && typeof told['directoryName'] === 'string')
      return readAssembly(folder.below(told['directoryName']));
    return type === 'aws:cloudformation:stack' ? [readStack(folder, id, fieldsOf(artifact) ?? {})] : [];
  });
}

function readStack(folder: Folder, id: string, artifact: Readonly<Record<string, unknown>>): ReviewInput {
  const properties = fieldsOf(artifact['properties']) ?? {};
  const file = properties['templateFile'];
  if (typeof file !== 'string') {
    throw unreadableInput(folder.nameOf(ASSEMBLY_FILE), {
      rule: `must name the template of stack '${id}'`,
      fix: 'synthesise the app again',
    });
  }
  const { account, region } = readEnvironment(artifact['environment']);
  const name = properties['stackName'];
  const paths = readConstructPaths(folder, artifact);
  return {
    kind: 'template',
    file: folder.nameOf(file),
    json: withResources(joinNestedStacks(folder.json(file), folder, paths)),
    stack: {
      name: typeof name === 'string' ? name : id,
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
      constructPaths: paths.own(),
    },
  };
}

/** A stack may hold outputs alone, or nothing yet; that the assembly names it makes it a template all the same. */
function withResources(template: unknown): unknown {
  const fields = fieldsOf(template);
  return fields && fields['Resources'] === undefined ? { ...fields, Resources: {} } : template;
}

/** `aws://123456789012/eu-central-1`; an assembly writes `unknown-account` and `unknown-region` where it knows none. */
function readEnvironment(environment: unknown): { readonly account?: string; readonly region?: string } {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(environment)) ?? [];
  const known = (value: string | undefined): string | undefined => (value?.startsWith('unknown-') ? undefined : value);
  return { account: known(account), region: known(region) };
}

/** From the metadata in the assembly or in the file that it names. */
function readConstructPaths(folder: Folder, artifact: Readonly<Record<string, unknown>>): ConstructPaths {
  const elsewhere = artifact['additionalMetadataFile'];
  const more = typeof elsewhere === 'string' ? fieldsOf(folder.json(elsewhere)) : undefined;
  return ConstructPaths.ofMetadata({ ...fieldsOf(artifact['metadata']), ...more });
}
