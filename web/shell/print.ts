// Printing needs a script, so its buttons come hidden: `<button data-print hidden>`. The sheet itself is CSS.
export function startPrint(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>('button[data-print]').forEach((button) => { button.hidden = false })
}

document.addEventListener('click', (event) => {
  if ((event.target as Element | null)?.closest('button[data-print]')) window.print()
})
