"use strict";
(() => {
	const $ = (selector) => document.querySelector(selector);
	const leaks = [...document.querySelectorAll(".leak")];
	const visible = () => leaks.filter((leak) => !leak.hidden);
	const root = document.documentElement;

	// The theme: the system's, unless the reader says otherwise.
	const button = $("#theme");
	const turn = () => {
		const next = { undefined: "light", light: "dark", dark: undefined }[root.dataset.theme];
		if (next) root.dataset.theme = next; else delete root.dataset.theme;
		button.querySelector("span").textContent = next ?? "auto";
	};
	button.hidden = false;
	button.addEventListener("click", turn);
	$(".keys").hidden = leaks.length === 0;

	// The filter: all words have to be in what a leak shows.
	const filter = $("#filter");
	const show = () => {
		const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
		for (const leak of leaks) {
			const text = (leak.querySelector("summary").textContent + " " + leak.closest(".package").querySelector("h3").textContent).toLowerCase();
			leak.hidden = !words.every((word) => text.includes(word));
		}
		for (const section of document.querySelectorAll(".package, .group")) {
			section.hidden = !section.querySelector(".leak:not([hidden])");
		}
		$("#shown").textContent = words.length ? `${visible().length} of ${leaks.length}` : "";
	};
	filter?.addEventListener("input", show);

	const step = (by) => {
		const all = visible();
		const at = all.findIndex((leak) => leak.contains(document.activeElement));
		const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
		next?.querySelector("summary").focus();
		next?.scrollIntoView({ block: "start" });
	};
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.target === filter) {
			if (event.key === "Escape") { filter.value = ""; show(); filter.blur(); }
			return;
		}
		switch (event.key) {
		case "j": step(1); break;
		case "k": step(-1); break;
		case "o": { const leak = document.activeElement.closest(".leak"); if (leak) leak.open = !leak.open; break; }
		case "t": turn(); break;
		case "/": filter?.focus(); event.preventDefault(); break;
		}
	});
})();
