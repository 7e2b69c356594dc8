// The file: chosen in the browser's own window, or dropped on the page.

import { required } from './elements.ts';

/** Where a file is chosen. */
export class FileChoice {
  readonly #input: HTMLInputElement;
  readonly #place: HTMLElement;

  /** @param onFile called with each file that is chosen. */
  constructor(document: Document, onFile: (file: File) => void) {
    this.#input = required(document, 'file');
    this.#place = required(document, 'drop');
    this.#input.addEventListener('change', () => {
      const [file] = this.#input.files ?? [];
      if (file !== undefined) {
        onFile(file);
      }
    });
    // A file that is dropped beside the place would else be opened in the place of the page.
    for (const name of ['dragover', 'drop']) {
      document.addEventListener(name, (event) => event.preventDefault());
    }
    this.#place.addEventListener('dragenter', () => this.#place.classList.add('over'));
    this.#place.addEventListener('dragleave', () => this.#place.classList.remove('over'));
    this.#place.addEventListener('drop', ({ dataTransfer }) => {
      this.#place.classList.remove('over');
      const [file] = dataTransfer?.files ?? [];
      if (file !== undefined) {
        onFile(file);
      }
    });
  }

  /** Let the same file be chosen again. */
  clear(): void {
    this.#input.value = '';
  }
}
