import { projectIn, safe, safeOptional, scope, writtenProject } from '../scopes';
import { at, type Binding, fixed } from './binding';
import type { NamedReference } from './data';

/** A thing of one location: a generated resource, or what is known of one made elsewhere. */
export interface LocatedReference extends NamedReference {
  readonly location: string;
}

export const bindTopic = (topic: NamedReference): Binding => fixed('pubsub-topic', { topic: at(named('pubsub-topic', 'topic', topic)) });

export const bindSubscription = (subscription: NamedReference): Binding =>
  fixed('pubsub-subscription', { subscription: at(named('pubsub-subscription', 'subscription', subscription)) });

export const bindTasksQueue = (queue: LocatedReference): Binding =>
  fixed('cloud-tasks-queue', { queue: at(located('cloud-tasks-queue', queue)) });

export const bindCloudRunService = (service: LocatedReference): Binding =>
  fixed('cloud-run-service', { service: at(located('cloud-run-service', service)) });

export const bindCloudRunJob = (job: LocatedReference): Binding => fixed('cloud-run-job', { job: at(located('cloud-run-job', job)) });

function named(kind: 'pubsub-topic' | 'pubsub-subscription', field: string, of: NamedReference) {
  return scope(kind, {
    [field]: safe(kind, 'name', of.name),
    project: safeOptional(kind, 'project', writtenProject(of) ?? projectIn(of.name)),
  });
}

function located(kind: 'cloud-tasks-queue' | 'cloud-run-service' | 'cloud-run-job', of: LocatedReference) {
  return scope(kind, {
    name: safe(kind, 'name', of.name),
    location: safe(kind, 'location', of.location),
    project: safeOptional(kind, 'project', writtenProject(of)),
  });
}
