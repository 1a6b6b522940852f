//! The HTTP routes, with one file for each group.

mod assets;
mod guard;
mod info;
mod internal;
mod job;
mod jobs;
mod mask;
mod prompt;
mod queue;
mod range;
mod reply;
mod request;
mod socket;
mod upload;
mod userdata;
mod users;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};

use crate::limits::DEFAULT_UPLOAD_LIMIT;
use crate::state::Shared;

/// Returns the service for all routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let limit = usize::try_from(shared.settings.upload_limit.unwrap_or(DEFAULT_UPLOAD_LIMIT)).unwrap_or(usize::MAX);
    let under_api = main_routes().merge(job_routes()).merge(asset_routes()).nest("/api", job_routes());
    let all = main_routes()
        .nest("/api", under_api)
        .route("/api/", get(index))
        .nest("/internal", internal_routes())
        .route("/docs", get(folder))
        .route("/docs/", get(folder))
        .route("/extensions/", get(folder))
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(limit))
        .with_state(Arc::clone(&shared));
    // The guard wraps the whole router, because a layer of the router runs before axum adds the header `Allow`.
    Router::new().fallback_service(all).layer(middleware::from_fn_with_state(shared, guard::guard))
}

/// Returns the routes that exist with and without the prefix `/api`.
fn main_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(index))
        .route("/ws", get(socket::upgrade))
        .route("/prompt", get(prompt::status).post(prompt::submit))
        .route("/queue", get(queue::show).post(queue::change))
        .route("/interrupt", post(queue::interrupt))
        .route("/free", post(queue::free))
        .route("/history", get(queue::history).post(queue::change_history))
        .route("/history/{prompt_id}", get(queue::history_of))
        .route("/object_info", get(info::definitions))
        .route("/object_info/{class}", get(info::definition))
        .route("/system_stats", get(info::system_stats))
        .route("/features", get(info::features))
        .route("/embeddings", get(info::embeddings))
        .route("/models", get(info::model_folders))
        .route("/models/{folder}", get(info::models))
        .route("/view_metadata/{folder}", get(info::metadata))
        .route("/extensions", get(info::extensions))
        .route("/node_replacements", get(info::replacements))
        .route("/workflow_templates", get(info::nothing))
        .route("/i18n", get(info::nothing))
        .route("/global_subgraphs", get(info::subgraphs))
        .route("/global_subgraphs/{id}", get(info::subgraph))
        .route("/experiment/models", get(info::experiment_folders))
        .route("/experiment/models/{folder}", get(info::experiment_models))
        .route("/experiment/models/preview/{folder}/{index}/{*file}", get(info::experiment_preview))
        .route("/view", get(view::view))
        .route("/upload/image", post(upload::image))
        .route("/upload/mask", post(upload::mask))
        .route("/users", get(users::show).post(users::add))
        .route("/settings", get(users::settings).post(users::change_settings))
        .route("/settings/{id}", get(users::setting).post(users::change_setting))
        .route("/userdata", get(userdata::list))
        .route("/v2/userdata", get(userdata::list_v2))
        .route("/userdata/{file}", get(userdata::read).post(userdata::write).delete(userdata::delete))
        .route("/userdata/{file}/move/{dest}", post(userdata::rename))
}

fn job_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/jobs", get(jobs::list))
        .route("/jobs/cancel", post(jobs::cancel_all))
        .route("/jobs/{job_id}", get(jobs::show))
        .route("/jobs/{job_id}/cancel", post(jobs::cancel))
}

fn asset_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/assets", any(assets::disabled))
        .route("/assets/{*rest}", any(assets::disabled))
        .route("/tags", any(assets::disabled))
}

fn internal_routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/logs", get(internal::logs))
        .route("/logs/raw", get(internal::raw_logs))
        .route("/logs/subscribe", axum::routing::patch(internal::subscribe))
        .route("/folder_paths", get(internal::folder_paths))
        .route("/files/{area}", get(internal::files))
}

/// Serves a page in place of the front end of a real server.
async fn index() -> Response {
    const PAGE: &str = concat!(
        "<!doctype html><html lang=\"en\"><title>comfy-mock</title>",
        "<p>This is a stand-in for a ComfyUI server. It has the routes, and no editor.</p>",
        "<p><a href=\"queue\">queue</a> <a href=\"history\">history</a> <a href=\"object_info\">object_info</a></p></html>"
    );
    let no_store = [("cache-control", "no-cache"), ("pragma", "no-cache"), ("expires", "0")];
    (no_store, Html(PAGE)).into_response()
}

/// Refuses to list a folder of static files.
async fn folder() -> Response {
    reply::text(403, "403: Forbidden")
}

/// Handles requests to unknown paths. A real server looks for a static file there, which has only the methods GET and
/// HEAD.
async fn unknown(method: Method) -> Response {
    match method {
        Method::GET | Method::HEAD => reply::no_file(),
        _ => reply::empty(405),
    }
}
