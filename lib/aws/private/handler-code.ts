import { join } from 'node:path';
import { handlerFolderIn } from '../../core/handler-folder';

const RUNTIME = join(__dirname, '..', 'runtime');

/** The folder with the bundled code of a handler. */
export const handlerFolder = (name: string): string => handlerFolderIn(RUNTIME, name);
