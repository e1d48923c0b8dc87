"""Where pytest begins: the database, the clock and the browser that every test of the house may use."""

pytest_plugins = ["tests.support.database", "tests.support.properties", "tests.support.browser"]
