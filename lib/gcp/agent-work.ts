import { emptyField } from '../core/errors';

/** Where stopping it needs leave, as the constructs of this library see it. */
export interface WorkAccess {
  readonly permissions: readonly string[];
  /** What takes the grant: the thing itself where it has a policy of its own, else its project. */
  readonly on:
    | { readonly kind: 'service'; readonly project: string; readonly location: string; readonly name: string }
    | { readonly kind: 'instance'; readonly project: string; readonly zone: string; readonly name: string }
    | { readonly kind: 'project'; readonly project: string };
}

/** A thing in a location of a project. A generated resource qualifies as it is, with its project. */
export interface LocatedWork {
  readonly project: string;
  readonly location: string;
  readonly name: string;
}

/** Something that works with an agent's credentials, and is stopped when the agent is quarantined. */
export class AgentWork {
  /**
   * A service of Cloud Run: it gets no instance. Whether changing its scale alone needs leave to act as its account is not confirmed; where it does, the step
   * fails, and a person is told.
   * @see https://docs.cloud.google.com/run/docs/configuring/services/manual-scaling
   */
  static cloudRunService(service: LocatedWork): AgentWork {
    const { project, location, name } = checked('Cloud Run service', service);
    const permissions = ['run.services.get', 'run.services.update'];
    return new AgentWork(
      { kind: 'cloud-run-service', name: `projects/${project}/locations/${location}/services/${name}` },
      { permissions, on: { kind: 'service', project, location, name } },
    );
  }

  /** A virtual machine: it is stopped. */
  static computeInstance(instance: { readonly project: string; readonly zone: string; readonly name: string }): AgentWork {
    const { project, location: zone, name } = checked('virtual machine', { ...instance, location: instance.zone });
    const permissions = ['compute.instances.get', 'compute.instances.start', 'compute.instances.stop'];
    return new AgentWork(
      { kind: 'compute-instance', name: `projects/${project}/zones/${zone}/instances/${name}` },
      { permissions, on: { kind: 'instance', project, zone, name } },
    );
  }

  /** A job of the scheduler that starts work: it is paused. Jobs have no policy of their own, so that the grant is on their project. */
  static schedulerJob(job: LocatedWork): AgentWork {
    const { project, location, name } = checked('scheduler job', job);
    const permissions = ['cloudscheduler.jobs.enable', 'cloudscheduler.jobs.get', 'cloudscheduler.jobs.pause'];
    return new AgentWork(
      { kind: 'scheduler-job', name: `projects/${project}/locations/${location}/jobs/${name}` },
      { permissions, on: { kind: 'project', project } },
    );
  }

  private constructor(
    /** As the responder reads it; may hold references. For the constructs of this library. */
    readonly entry: Readonly<Record<string, string>>,
    /** For the constructs of this library. */
    readonly access: WorkAccess,
  ) {}
}

function checked(kind: string, work: LocatedWork): LocatedWork {
  for (const [field, value] of Object.entries(work))
    if (typeof value === 'string' && value.trim() === '')
      throw emptyField(`work of kind '${kind}'`, field, 'what is stopped must be one thing');
  return work;
}
