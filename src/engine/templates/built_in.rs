//! The templates that come with JMake, from the files in `templates/`. Does not know what is done with them.

use super::Template;

/// What `jmake init` takes if it is not told.
pub const DEFAULT: &str = "executable";

macro_rules! text {
    ($path:literal) => {
        include_str!(concat!("../../../templates/", $path))
    };
}

/// All of them.
pub const BUILT_IN: &[Template] = &[
    Template {
        name: DEFAULT,
        aliases: &["binary_project"],
        about: "a C++ program with a test",
        files: &[
            ("jmake.toml", text!("executable/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("app/main.cpp", text!("executable/main.cpp")),
            ("app/greeting.hpp", text!("parts/greeting.hpp")),
            ("app/greeting.cpp", text!("executable/greeting.cpp")),
            ("tests/test_greeting.cpp", text!("executable/test_greeting.cpp")),
        ],
    },
    Template {
        name: "shared-library",
        aliases: &["lib_project"],
        about: "a shared C++ library with an example and a test",
        files: &[
            ("jmake.toml", text!("shared-library/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("include/{{name}}/greeting.hpp", text!("parts/greeting.hpp")),
            ("src/greeting.cpp", text!("parts/library.cpp")),
            ("examples/hello.cpp", text!("parts/example.cpp")),
            ("tests/test_greeting.cpp", text!("parts/test_library.cpp")),
        ],
    },
    Template {
        name: "static-library",
        aliases: &[],
        about: "a static C++ library with an example and a test",
        files: &[
            ("jmake.toml", text!("static-library/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("include/{{name}}/greeting.hpp", text!("parts/greeting.hpp")),
            ("src/greeting.cpp", text!("parts/library.cpp")),
            ("examples/hello.cpp", text!("parts/example.cpp")),
            ("tests/test_greeting.cpp", text!("parts/test_library.cpp")),
        ],
    },
    Template {
        name: "library-tests",
        aliases: &["cpp_project"],
        about: "a C++ library of several files, a program that uses it, and a test for each file",
        files: &[
            ("jmake.toml", text!("library-tests/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("include/{{name}}/greeting.hpp", text!("parts/greeting.hpp")),
            ("include/{{name}}/counting.hpp", text!("library-tests/counting.hpp")),
            ("src/greeting.cpp", text!("parts/library.cpp")),
            ("src/counting.cpp", text!("library-tests/counting.cpp")),
            ("app/main.cpp", text!("parts/example.cpp")),
            ("tests/test_greeting.cpp", text!("parts/test_library.cpp")),
            ("tests/test_counting.cpp", text!("library-tests/test_counting.cpp")),
        ],
    },
    Template {
        name: "header-only",
        aliases: &[],
        about: "a C++ library of headers alone, with an example and a test",
        files: &[
            ("jmake.toml", text!("header-only/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("include/{{name}}/greeting.hpp", text!("header-only/greeting.hpp")),
            ("examples/hello.cpp", text!("parts/example.cpp")),
            ("tests/test_greeting.cpp", text!("parts/test_library.cpp")),
        ],
    },
    Template {
        name: "plugin",
        aliases: &[],
        about: "a shared library that a program loads while it runs, that program, and a test",
        files: &[
            ("jmake.toml", text!("plugin/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("include/{{name}}/plugin.h", text!("plugin/plugin.h")),
            ("src/plugin.cpp", text!("plugin/plugin.cpp")),
            ("host/host.cpp", text!("plugin/host.cpp")),
            ("tests/test_plugin.cpp", text!("plugin/test_plugin.cpp")),
        ],
    },
    Template {
        name: "c",
        aliases: &[],
        about: "a C program with a test",
        files: &[
            ("jmake.toml", text!("c/jmake.toml")),
            (".gitignore", text!("parts/gitignore")),
            ("app/main.c", text!("c/main.c")),
            ("app/greeting.h", text!("c/greeting.h")),
            ("app/greeting.c", text!("c/greeting.c")),
            ("tests/test_greeting.c", text!("c/test_greeting.c")),
        ],
    },
];
