import { invalidBinding } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { type Owned, projectIn, projectInReference, safe, safeOptional, scope, subjectOf, written, writtenProject } from '../scopes';
import { at, type Binding, fixed } from './binding';

/** A log view: a `LoggingLogView`, or what is known of one made elsewhere. */
export interface LogViewReference extends Owned {
  readonly name: string;
  /** Log bucket of the view. */
  readonly bucket: string;
  /** Where the bucket lies, for example `projects/P`. */
  readonly parent: string;
  readonly location: string;
}

export function bindLogView(view: LogViewReference): Binding {
  const kind = 'log-view';
  const parent = checkParent(safe(kind, 'parent', view.parent));
  const project = writtenProject(view) ?? projectIn(written(view, 'parent')) ?? projectInReference(view.parent);
  const place = scope(kind, {
    name: safe(kind, 'name', view.name),
    bucket: safe(kind, 'bucket', view.bucket),
    location: safe(kind, 'location', view.location),
    parent,
    project: safeOptional(kind, 'project', project),
  });
  return fixed(kind, { view: at(place) });
}

/** The role is made in a project, and Google grants it nowhere else. */
function checkParent(parent: string): string {
  if (Token.isUnresolved(parent) || projectIn(parent) !== undefined) return parent;
  throw invalidBinding(subjectOf('log-view'), {
    rule: "needs a 'parent' that is a project",
    reason: 'a custom role of a project cannot be granted on the logs of a folder or an organization',
    value: parent,
    fix: "write it as 'projects/PROJECT', or route those logs to a bucket of a project",
  });
}
