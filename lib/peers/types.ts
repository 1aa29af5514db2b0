/** A bus of AWS, and the role by which one may put events on it. */
export interface AwsAddress {
  readonly cloud: 'aws';
  /** Whom the token that this cloud signs is for. */
  readonly audience: string;
  /** ARN of the role. */
  readonly listener: string;
  /** ARN of the bus. */
  readonly bus: string;
}

/** A topic of Event Grid, and the identity by which one may send to it. */
export interface AzureAddress {
  readonly cloud: 'azure';
  readonly audience: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Address of the topic, without a path. */
  readonly topic: string;
}

/** A topic of Pub/Sub, and the provider by which one may publish there. */
export interface GoogleAddress {
  readonly cloud: 'gcp';
  readonly audience: string;
  /** `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER` */
  readonly provider: string;
  /** `projects/P/topics/T` */
  readonly topic: string;
}

/** Where the responder of another cloud listens. No secret among it. */
export type PeerAddress = AwsAddress | AzureAddress | GoogleAddress;

/** What a courier needs. */
export interface CourierPorts {
  /** A token of this cloud for an audience. */
  readonly token: (audience: string) => Promise<string>;
  /** Where a service really is. @default - where its address says */
  readonly address?: (url: string) => string;
  readonly pause: (milliseconds: number) => Promise<void>;
}
