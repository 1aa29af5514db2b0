import { randomUUID } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { CleanUpPorts, Found } from '../../../core/governance/clean-up';
import type { JsonObject } from '../../../core/json';
import type { ExpectedAgent } from './expected';

/** Where evidence is kept, and what sweeps of earlier days found is read. */
export type Evidence = Pick<CleanUpPorts<ExpectedAgent>, 'recall' | 'remember'> & {
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
};

/** A bucket whose objects nobody deletes or writes over. */
export function evidenceIn(s3: S3Client, Bucket: string, fleet: string): Evidence {
  const folder = `governance/${fleet}`;
  const put = async (Key: string, body: object): Promise<void> => {
    const Body = JSON.stringify(body);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json', ChecksumAlgorithm: 'SHA256' }));
  };
  const keyOf = (day: string): string => `${folder}/found/${day}.json`;
  const recall = async (day: string): Promise<Found | undefined> => {
    // Asked for by a list: of an object that is not there S3 only says so to whoever may list the whole bucket.
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: keyOf(day) }));
    if (!Contents.some(({ Key }) => Key === keyOf(day))) return undefined;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(day) }));
    return JSON.parse((await Body?.transformToString()) ?? '') as Found;
  };
  return {
    keep: (kind, body, at) =>
      put(`${folder}/${at.slice(0, 10)}/${kind}-${at.slice(11).replace(/[:.]/g, '')}-${randomUUID().slice(0, 8)}.json`, body),
    recall,
    remember: async (day, found) => {
      if (!(await recall(day))) await put(keyOf(day), found);
    },
  };
}
