//! The points of members held against their ledger. A total is the sum of the ledger's rows and of
//! the days that are still in the item; where it is not, the ledger is right: its rows never change.

use futures::TryStreamExt;
use hearth_domain::community::Community;
use hearth_domain::days::LocalDay;
use hearth_domain::ids::MemberId;
use hearth_domain::member::Member;

use crate::census;
use crate::store::{LedgerRow, Store, StoreError};

/// Rows that take points for what was bought, and are no loss of points earned.
const SPENT: &str = "redeem/";
/// A member that others write at the same time is read again so often.
const TRIES: u32 = 5;

/// A member's points, as the item says and as the ledger does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub member: MemberId,
    /// All points ever, by the item; negative where corrections took more than there was.
    pub total: i64,
    /// Points spent, by the item.
    pub spent: u32,
    /// Points of the days that are in the item and not in the ledger yet.
    pub open: u32,
    /// The ledger, by path.
    pub rows: Vec<LedgerRow>,
}

impl Account {
    /// Of a member as stored.
    pub async fn of(
        store: &Store,
        community: &Community,
        member: &Member,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            member: member.id.clone(),
            total: i64::from(member.scoring.total) - i64::from(member.scoring.owed),
            spent: member.scoring.spent,
            open: member.scoring.open_points(),
            rows: store.ledger(&community.id, &member.id).await?,
        })
    }

    /// All points ever, by the ledger.
    pub fn earned(&self) -> i64 {
        let rows = self.rows.iter().filter(|row| !row.path.starts_with(SPENT));
        rows.map(|row| row.points).sum::<i64>() + i64::from(self.open)
    }

    /// Points spent, by the ledger.
    pub fn paid(&self) -> i64 {
        let rows = self.rows.iter().filter(|row| row.path.starts_with(SPENT));
        -rows.map(|row| row.points).sum::<i64>()
    }

    /// Whether the two say the same.
    pub fn agrees(&self) -> bool {
        (self.total, i64::from(self.spent)) == (self.earned(), self.paid())
    }

    /// What a day in the ledger is worth there, less what was taken back of it.
    pub fn of_day(&self, day: LocalDay) -> Option<i64> {
        self.rows.iter().find_map(|row| row.days.get(&day)).copied()
    }
}

/// What a look at all members of a community found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Members that were looked at; staff have no points.
    pub members: u64,
    /// Those whose item says something else than their ledger.
    pub wrong: Vec<Account>,
}

/// Holds every member of a community against their ledger: a query a member.
pub async fn audit(store: &Store, community: &Community) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    let mut pages = census::pages(store, community);
    while let Some(page) = pages.try_next().await? {
        for member in page.whole()?.iter().filter(|member| !member.is_staff()) {
            audit.members += 1;
            let account = Account::of(store, community, member).await?;
            if account.agrees() {
                continue;
            }
            // What was being written while we read is settled a moment later.
            let latest = store.member(community, &member.id).await?;
            if let Some(latest) = latest {
                let account = Account::of(store, community, &latest).await?;
                audit.wrong.extend(Some(account).filter(|it| !it.agrees()));
            }
        }
    }
    Ok(audit)
}

/// Makes a member's item say what their ledger does; the account as it is then, or `None` if there
/// is no such member. [`StoreError::Conflict`] if others write the member again and again.
pub async fn repair(
    store: &Store,
    community: &Community,
    id: &MemberId,
) -> Result<Option<Account>, StoreError> {
    let mut lost = StoreError::Conflict("member");
    for _ in 0..TRIES {
        let Some(mut member) = store.member(community, id).await? else {
            return Ok(None);
        };
        let account = Account::of(store, community, &member).await?;
        if account.agrees() {
            return Ok(Some(account));
        }
        let number = |points: i64| u32::try_from(points.max(0)).unwrap_or(u32::MAX);
        member.scoring.total = number(account.earned());
        member.scoring.owed = number(-account.earned());
        member.scoring.spent = number(account.paid());
        match store.save_member(community, &member).await {
            Ok(()) => {
                return Ok(Some(Account {
                    total: account.earned(),
                    spent: member.scoring.spent,
                    ..account
                }));
            }
            Err(error @ StoreError::Conflict(_)) => lost = error,
            Err(error) => return Err(error),
        }
    }
    Err(lost)
}
