import type { Manifest } from '../core/manifest';
import type { ReviewInput } from '../core/review/input';
import type { AccessWorld } from '../core/review/world';
import { Folder } from '../policy/documents/files';
import { readFolder } from '../policy/documents/folder';
import { type DocumentKind, fieldsOf, KIND_NAMES, kindOf } from '../policy/documents/kinds';
import { worldsOf } from '../policy/worlds';
import { declaredInputs } from './declared-template';
import { type InConstructTree, manifestOf } from './manifest-of';

/** A subject of an expectation, read. */
export interface AccessSubjectRead {
  readonly inputs: readonly ReviewInput[];
  readonly worlds: readonly AccessWorld[];
  /** Files whose principals are the subject's own. @default - all */
  readonly own?: readonly string[];
  /** True where it says what is declared, and nothing of what else there may be. */
  readonly declared: boolean;
}

const known = new WeakMap<object, AccessSubjectRead>();

/**
 * Reads what an expectation is about: by its shape, so that neither framework has to be installed.
 * @throws Error for what holds no access
 */
export function readSubject(given: unknown): AccessSubjectRead {
  const value: unknown = typeof given === 'string' ? parse(given) : given;
  if (isConstruct(value)) return readConstruct(value);
  if (typeof value !== 'object' || value === null) throw notASubject(value);
  const before = known.get(value);
  if (before) return before;
  const made = readDocument(hasMethod(value, 'toJSON') ? value.toJSON() : value);
  known.set(value, made);
  return made;
}

function readDocument(json: unknown): AccessSubjectRead {
  const kind = kindOf(json);
  if (kind === 'manifest') return read(declaredInputs(json as Manifest), { declared: true });
  if (!isReadable(kind)) throw notASubject(json);
  return read([{ kind, file: kind, json }]);
}

function isReadable(kind: DocumentKind): kind is ReviewInput['kind'] {
  return ['template', 'terraform-stack', 'terraform-plan', 'account-details'].includes(kind);
}

function readConstruct(construct: Construct): AccessSubjectRead {
  const { root } = construct.node;
  if (hasMethod(construct, 'toTerraform')) return readTerraformStack(construct);
  if (!hasMethod(root, 'synth')) throw notASubject(construct);
  const assembly = root.synth();
  const directory = fieldsOf(assembly)?.['directory'];
  if (typeof assembly !== 'object' || assembly === null || typeof directory !== 'string') {
    throw new Error('An app of cdktf is no subject of access matchers: give one of its stacks, or what Testing.synth(stack) returns.');
  }
  const whole = known.get(assembly) ?? read(readFolder(new Folder(directory, '')));
  known.set(assembly, whole);
  const template = fieldsOf(construct)?.['templateFile'];
  if (typeof template !== 'string') return whole;
  return { ...whole, own: whole.inputs.map(({ file }) => file).filter((file) => file === template || file.endsWith(`/${template}`)) };
}

/** As `Testing.synth` does it, but for aspects, which cdktf applies when an app is synthesised. */
function readTerraformStack(stack: Construct & { readonly toTerraform: () => unknown }): AccessSubjectRead {
  if (hasMethod(stack, 'prepareStack')) stack.prepareStack();
  const manifest = manifestOf(stack);
  return read([
    { kind: 'terraform-stack', file: 'cdk.tf.json', json: stack.toTerraform(), stack: { name: stack.node.id ?? 'stack' } },
    ...(manifest.agents.length > 0 ? [{ kind: 'manifest' as const, file: 'agentic-iam.manifest.json', json: manifest }] : []),
  ]);
}

function read(inputs: readonly ReviewInput[], { declared = false }: { readonly declared?: boolean } = {}): AccessSubjectRead {
  return { inputs, worlds: worldsOf(inputs), declared };
}

interface Construct extends InConstructTree {
  readonly node: { readonly root: object; readonly id?: string };
}

function isConstruct(value: unknown): value is Construct {
  return typeof fieldsOf(fieldsOf(value)?.['node'])?.['root'] === 'object';
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, () => unknown>> {
  return typeof value === 'object' && value !== null && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notASubject(text);
  }
}

function notASubject(value: unknown): Error {
  const kind = typeof value === 'object' && value !== null ? KIND_NAMES[kindOf(value)] : typeof value;
  return new Error(
    `Matchers of access take a stack or app of the CDK, a Template, a stack of cdktf, the JSON of a template, of Terraform or of account details, or a manifest; this is ${kind}.`,
  );
}
