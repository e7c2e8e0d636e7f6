# The application's logic: part of the page, the desktop viewer and test_app.

# Add your files here, one a line, sorted.
set(APP_SOURCES # the application's logic: needs neither a browser nor a window library
    app/app.cpp
    app/app_analysis.cpp
    app/app_undo.cpp
    app/app_weights.cpp
    app/banners.cpp
    app/comparison.cpp
    app/heat.cpp
    app/history.cpp
    app/link.cpp
    app/outline.cpp
    app/photo_list.cpp
    app/probe.cpp
    app/proof.cpp
    app/samples.cpp
    app/state_json.cpp
    app/table_rows.cpp
    app/terms.cpp
    app/wording.cpp)
