import { unsafeValue } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { invalidResourceId } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { checkDeclared, isOfTerraform } from './declared';

/** A resource this app does not declare, by its Azure Resource Manager id. */
export interface AzureResourceAttributes {
  /** `/subscriptions/<id>/resourceGroups/<name>/providers/...`, or an attribute of a data source. */
  readonly resourceId: string;
}

/** Whether the resource is one this app declares, of the type the factory takes; the user's own constructs are asked for their `resourceId`. */
export function isDeclared<T extends object>(factory: string, resource: T | AzureResourceAttributes): resource is T {
  if (!isOfTerraform(resource)) return false;
  checkDeclared(factory, resource);
  return true;
}

/**
 * The id of a declared resource as it is, or of an imported one once its shape is checked.
 * @param shape what follows `providers/`, with `<name>` for each name
 */
export function idOf(factory: string, shape: string, resource: { readonly id: string } | AzureResourceAttributes): string {
  return isDeclared(factory, resource) ? resource.id : importedId(factory, shape, resource.resourceId);
}

/** Checks an id given as text; one known only at deployment passes. */
export function importedId(factory: string, shape: string, id: string): string {
  if (Token.isUnresolved(id)) return id;
  const subject = `AgentResource.${factory}`;
  checkLiteral(subject, 'resourceId', id);
  const full = `/subscriptions/<id>/resourceGroups/<name>/providers/${shape}`;
  const pattern = new RegExp(`^${full.replace(/\./g, '\\.').replace(/<\w+>/g, '[^/]+')}$`, 'i');
  if (!pattern.test(id)) throw invalidResourceId(subject, full, id);
  return id;
}

/** Checks a name that becomes the last part of an id. */
export function segment(factory: string, field: string, name: string): string {
  if (Token.isUnresolved(name)) return name;
  const subject = `AgentResource.${factory}`;
  checkLiteral(subject, field, name);
  if (name === '' || name.includes('/'))
    throw unsafeValue(subject, { field, value: name, found: "'/'", reason: 'it would name another resource' });
  return name;
}
