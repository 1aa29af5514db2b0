import type { ContainerClient } from '@azure/storage-blob';
import type { RegistryPart } from '../../core/detection/registry-parts';

/** What deployments wrote of their agents: the blobs of a container whose names begin alike. */
export async function blobsBelow(container: ContainerClient, prefix: string): Promise<readonly RegistryPart[]> {
  const parts: RegistryPart[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) {
    const text = await container.getBlobClient(name).downloadToBuffer();
    parts.push({ name, text: text.toString('utf8') });
  }
  return parts;
}
