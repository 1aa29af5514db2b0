import { AgenticIamError } from './errors';

/** An agent that cannot be contained from here. */
export const notContainable = (
  agent: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'not-containable', subject: `agent '${agent}'`, rule, reason, value, fix });

/** A responder of another cloud that is not named as it must be. */
export const invalidPeer = (
  cloud: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-peer', subject: `the responder on ${cloud}`, rule, reason, value, fix });

/** Containment that nobody would hear of, or that would act without anything to act upon. */
export const invalidContainment = (
  fleet: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError =>
  new AgenticIamError({ code: 'invalid-containment', subject: `containment of fleet '${fleet}'`, rule, reason, value, fix });
