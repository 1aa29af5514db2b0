import { LADDER } from '../governance/ladder';
import { ALERT_DRILLED } from './alerting/alert-drilled';
import { OWNER_KNOWN } from './alerting/owner-known';
import { PEOPLE_TOLD } from './alerting/people-told';
import { PIPELINE_WATCHED } from './alerting/pipeline-watched';
import { SIGNALS_WATCHED } from './alerting/signals-watched';
import type { ControlCheck } from './control-check';
import { ACCESS_AS_DECLARED } from './enforcement/access-as-declared';
import { CEILING } from './enforcement/ceiling';
import { CONTAINMENT_ARMED } from './enforcement/containment-armed';
import { CONTAINMENT_DRILLED } from './enforcement/containment-drilled';
import { CREDENTIALS_SHORT } from './enforcement/credentials-short';
import { GUARDRAIL } from './enforcement/guardrail';
import { NO_ESCALATION } from './enforcement/no-escalation';
import { PERIMETER } from './enforcement/perimeter';
import { TASKS_SCOPED } from './enforcement/tasks-scoped';
import { TOOLS_GOVERNED } from './enforcement/tools-governed';
import { ACCESS_RECERTIFIED } from './governance/access-recertified';
import { CREDENTIALS_TIDIED } from './governance/credentials-tidied';
import { DRIFT_FOUND } from './governance/drift-found';
import { DRIFT_REPAIRED } from './governance/drift-repaired';
import { EVIDENCE_KEPT } from './governance/evidence-kept';
import { EXCEPTIONS_ENDED } from './governance/exceptions-ended';
import { TAMPERING_ANSWERED } from './governance/tampering-answered';
import { UNUSED_FOUND } from './governance/unused-found';
import { DATA_RECORDED } from './logging/data-recorded';
import { MANAGEMENT_RECORDED } from './logging/management-recorded';
import { OWN_IDENTITY } from './logging/own-identity';
import { RECORDS_KEPT } from './logging/records-kept';
import { RECORDS_LOCKED } from './logging/records-locked';
import { RECORDS_OUT_OF_REACH } from './logging/records-out-of-reach';
import { RECORDS_VALIDATED } from './logging/records-validated';

const ALL: readonly ControlCheck[] = [
  DATA_RECORDED,
  MANAGEMENT_RECORDED,
  OWN_IDENTITY,
  RECORDS_KEPT,
  RECORDS_LOCKED,
  RECORDS_OUT_OF_REACH,
  RECORDS_VALIDATED,
  ALERT_DRILLED,
  OWNER_KNOWN,
  PEOPLE_TOLD,
  PIPELINE_WATCHED,
  SIGNALS_WATCHED,
  ACCESS_AS_DECLARED,
  CEILING,
  CONTAINMENT_ARMED,
  CONTAINMENT_DRILLED,
  CREDENTIALS_SHORT,
  GUARDRAIL,
  NO_ESCALATION,
  PERIMETER,
  TASKS_SCOPED,
  TOOLS_GOVERNED,
  ACCESS_RECERTIFIED,
  CREDENTIALS_TIDIED,
  DRIFT_FOUND,
  DRIFT_REPAIRED,
  EVIDENCE_KEPT,
  EXCEPTIONS_ENDED,
  TAMPERING_ANSWERED,
  UNUSED_FOUND,
];

/** The check of each control, in the order of the ladder. */
export const CONTROL_CHECKS: readonly ControlCheck[] = LADDER.flatMap(({ id }) => ALL.filter((check) => check.id === id));
