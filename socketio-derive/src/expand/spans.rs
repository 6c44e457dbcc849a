//! Puts generated tokens at the user's, so that errors about them show what the user wrote.
//!
//! Must not know: what the tokens mean.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// `tokens`, beginning where `place` begins and ending where it ends: the compiler joins the
/// two, so that an error about all of `tokens` underlines all of `place`.
pub(super) fn at(place: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    let place: Vec<TokenTree> = place.to_token_stream().into_iter().collect();
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some(place) = place.first() {
        // Both halves of a leading `::`, which the compiler joins too.
        let leading = tokens.iter().take_while(|token| matches!(token, TokenTree::Punct(_)));
        let count = leading.count().max(1);
        tokens.iter_mut().take(count).for_each(|token| token.set_span(place.span()));
    }
    if let (Some(token), Some(place)) = (tokens.last_mut(), place.last()) {
        token.set_span(place.span());
    }
    tokens.into_iter().collect()
}
