// Lets the reader change between light and dark, and opens everything for paper. It runs in the browser, as it stands here.
(() => {
  const root = document.documentElement;
  const button = /** @type {HTMLButtonElement} */ (document.getElementById('theme'));
  const prefers = window.matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (prefers.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Change to ${isDark() ? 'light' : 'dark'} colours`);
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  prefers.addEventListener('change', show);
  button.hidden = false;
  show();

  window.addEventListener('beforeprint', () => {
    for (const details of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll('details.printed'))) details.open = true;
  });
})();
