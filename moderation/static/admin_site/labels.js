"use strict";
// On a phone a list shows each row as a card. A cell then needs the name of its column, which style.css shows.
for (const table of document.querySelectorAll("#result_list, table[data-cards]")) {
    const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
    for (const row of table.querySelectorAll("tbody tr")) {
        [...row.children].forEach((cell, index) => {
            if (names[index]) {
                cell.dataset.label = names[index];
            }
        });
    }
}
// Django gives the field for a search an image as its label, without a text.
const search = document.querySelector("#searchbar");
if (search) {
    search.setAttribute("aria-label", search.form.querySelector("[type=submit]").value);
}
