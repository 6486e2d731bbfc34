//! What a part of a story costs in DynamoDB's units.

use hearth_aws::meter::Units;
use hearth_local::stack::Function;

use crate::world::World;

/// What a function's own requests cost while something happens.
pub async fn cost_of(
    world: &World,
    function: Function,
    happens: impl Future<Output = ()>,
) -> Units {
    let before = world.stack.work_units(function);
    Box::pin(happens).await;
    world.stack.work_units(function) - before
}
