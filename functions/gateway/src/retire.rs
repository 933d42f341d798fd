//! An instance that is worn out ends between two requests: Lambda starts a fresh one for the next.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use iris_tables::app::App;
use iris_tables::log;
use lambda_runtime::LambdaInvocation;
use lambda_runtime::tower::{Layer, Service};

/// Looks at the instance after each answer has been sent.
#[derive(Clone)]
pub struct Retire(pub Arc<App>);

/// The runtime's own service, looked after.
#[derive(Clone)]
pub struct Retiring<S> {
    inner: S,
    app: Arc<App>,
}

impl<S> Layer<S> for Retire {
    type Service = Retiring<S>;

    fn layer(&self, inner: S) -> Retiring<S> {
        Retiring { inner, app: Arc::clone(&self.0) }
    }
}

impl<S> Service<LambdaInvocation> for Retiring<S>
where
    S: Service<LambdaInvocation, Response = ()>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = ();
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let app = Arc::clone(&self.app);
        let answered = self.inner.call(invocation);
        Box::pin(async move {
            answered.await?;
            if app.database.is_worn_out() {
                log::stopped("too many queries never came back from the driver");
                std::process::exit(0);
            }
            Ok(())
        })
    }
}
