// Long lines of code scroll sideways; with this they do so by the keyboard, too.
for (const code of document.querySelectorAll("pre > code")) code.tabIndex = 0;

// mdBook's switch for the table of contents says that it is expanded or not, as a button does.
document.getElementById("mdbook-sidebar-toggle")?.setAttribute("role", "button");
