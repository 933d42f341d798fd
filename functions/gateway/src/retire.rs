//! An instance that is worn out ends between two requests: Lambda starts a fresh one for the next.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use iris_tables::log;
use lambda_runtime::LambdaInvocation;
use lambda_runtime::tower::{Layer, Service};

use crate::Instance;

/// Looks at the instance after each answer has been sent.
pub struct Retire<I>(pub Arc<I>);

/// The runtime's own service, looked after.
pub struct Retiring<S, I> {
    inner: S,
    app: Arc<I>,
}

// Derived, they would ask that instances can be copied.
impl<I> Clone for Retire<I> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Clone, I> Clone for Retiring<S, I> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), app: Arc::clone(&self.app) }
    }
}

impl<S, I> Layer<S> for Retire<I> {
    type Service = Retiring<S, I>;

    fn layer(&self, inner: S) -> Retiring<S, I> {
        Retiring { inner, app: Arc::clone(&self.0) }
    }
}

impl<S, I> Service<LambdaInvocation> for Retiring<S, I>
where
    I: Instance,
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
            if app.is_worn_out() {
                log::stopped("too many queries never came back from the driver");
                std::process::exit(0);
            }
            Ok(())
        })
    }
}
