import { join } from 'node:path';
import { handlerFolderIn } from '../../core/handler-folder';
import facts from '../catalog/monitoring.json';

const RUNTIME = join(__dirname, '..', 'runtime');

/** The folder with the bundled code of a handler, as the host of functions takes it. */
export const handlerFolder = (name: string): string =>
  handlerFolderIn(RUNTIME, name, {
    'package.json': { name: `agentic-iam-${name}`, private: true, main: 'index.js' },
    'host.json': { version: '2.0', extensionBundle: facts.runtime.extensions, functionTimeout: '00:05:00' },
  });
