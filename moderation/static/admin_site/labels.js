"use strict";
// On a phone a list shows each row as a card. A cell then needs the name of its column, which style.css shows.
for (const table of document.querySelectorAll("#result_list, table[data-cards]")) {
    const names = [...table.querySelectorAll("thead th")].map((cell) => (cell.querySelector(".text") ?? cell).textContent.trim());
    for (const row of table.querySelectorAll("tbody tr")) {
        [...row.children].forEach((cell, index) => {
            if (names[index]) {
                cell.dataset.label = names[index];
            }
        });
    }
}
// On a phone filters stand above the list; those without a choice are closed, and open at a tap.
const phone = matchMedia("(max-width: 767px)");
function setFilters() {
    for (const filter of document.querySelectorAll("#changelist-filter details:not([data-chosen])")) {
        filter.open = !phone.matches;
    }
}
if (phone.matches) {
    setFilters();
}
phone.addEventListener("change", setFilters);
// Django gives the field for a search an image as its label, without a text.
const search = document.querySelector("#searchbar");
if (search) {
    search.setAttribute("aria-label", search.form.querySelector("[type=submit]").value);
}
