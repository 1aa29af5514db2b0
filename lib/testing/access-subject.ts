import type { Manifest } from '../core/manifest';
import type { ReviewInput } from '../core/review/input';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
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
  /** Whether a principal is the subject's own. Others of its app are only there to be reached. @default - all are */
  readonly isOwn?: (principal: WorldPrincipal) => boolean;
  /** True where it says what is declared, and nothing of what else there may be. */
  readonly declared: boolean;
}

/** Subjects by their text: one that was changed between two expectations is another. */
const byText = new Map<string, AccessSubjectRead>();
const MOST_TEXTS = 20;
const byAssembly = new WeakMap<object, AccessSubjectRead>();

/**
 * Reads what an expectation is about: by its shape, so that neither framework has to be installed.
 * @throws Error for what holds no access
 */
export function readSubject(given: unknown): AccessSubjectRead {
  if (isConstruct(given)) return readConstruct(given);
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const before = byText.get(text);
  if (before) return before;
  const made = readDocument(text === undefined ? undefined : parse(text));
  if (byText.size >= MOST_TEXTS) byText.clear();
  byText.set(text, made);
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

/** How every version of the CDK marks a stage or app. */
const STAGE = Symbol.for('@aws-cdk/core.Stage');

/** As `Template.fromStack` does it: an app that was synthesised already is not synthesised again, unless constructs were added. */
function readConstruct(construct: Construct): AccessSubjectRead {
  const { root } = construct.node;
  if (hasMethod(construct, 'toTerraform')) return readTerraformStack(construct);
  if (!hasMethod(root, 'synth') || !(STAGE in root)) throw notASubject(construct);
  const assembly = root.synth();
  const directory = fieldsOf(assembly)?.['directory'];
  if (typeof assembly !== 'object' || assembly === null || typeof directory !== 'string') throw notASubject(construct);
  const whole = byAssembly.get(assembly) ?? read(readFolder(new Folder(directory, '')));
  byAssembly.set(assembly, whole);
  const path = construct.node.path ?? '';
  const isOwn = ({ source, construct: made }: WorldPrincipal): boolean =>
    path === '' || made?.startsWith(`${path}/`) || (made === undefined && templateOf(construct).some((file) => isFile(source, file)));
  return { ...whole, isOwn };
}

/** The file of a stack; other constructs have none of their own. */
function templateOf(construct: Construct): readonly string[] {
  const file = (construct as { readonly templateFile?: unknown }).templateFile;
  return typeof file === 'string' ? [file] : [];
}

function isFile(source: string, name: string): boolean {
  return source === name || source.endsWith(`/${name}`);
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
  readonly node: { readonly root: object; readonly id?: string; readonly path?: string };
}

function isConstruct(value: unknown): value is Construct {
  return typeof fieldsOf(fieldsOf(value)?.['node'])?.['root'] === 'object' && !hasMethod(value, 'toJSON');
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
