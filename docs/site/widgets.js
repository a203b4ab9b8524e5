// Widgets call MathJax by the name that it had in version 2; pages with formulas have version 3.
window.addEventListener("DOMContentLoaded", () => {
  const { MathJax } = window;
  if (MathJax) MathJax.Hub = { Queue: ([, , element]) => MathJax.typesetPromise([element]) };
});
