import { type Owned, projectIn, safe, safeOptional, scope, written, writtenProject } from '../scopes';
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
  const project = writtenProject(view) ?? projectIn(written(view, 'parent'));
  const place = scope(kind, {
    name: safe(kind, 'name', view.name),
    bucket: safe(kind, 'bucket', view.bucket),
    location: safe(kind, 'location', view.location),
    parent: safe(kind, 'parent', view.parent),
    project: safeOptional(kind, 'project', project),
  });
  return fixed(kind, { view: at(place) });
}
